{{- define "sluice.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "sluice.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end -}}
{{- end }}

{{/* "true" where the Prometheus operator's kinds are known, or are said to be */}}
{{- define "sluice.monitored" -}}
{{- if and .Values.monitoring.enabled (or .Values.monitoring.force (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}true{{ end -}}
{{- end }}

{{/* What both containers are told of the world */}}
{{- define "sluice.environment" -}}
{{- with .Values.world }}
{{- if eq .kind "aws" }}
- { name: SLUICE_WORLD, value: ./aws.js }
- { name: SLUICE_BUCKET, value: {{ .bucket | quote }} }
- { name: SLUICE_TABLE, value: {{ .table | quote }} }
{{- with .region }}
- { name: AWS_REGION, value: {{ . | quote }} }
{{- end }}
{{- with .endpoint }}
- { name: AWS_ENDPOINT_URL, value: {{ . | quote }} }
{{- end }}
{{- else }}
- { name: SLUICE_WORLD, value: ./local.js }
- { name: SLUICE_HOME, value: /world }
{{- end }}
{{- end }}
{{- range $name, $value := .Values.serve.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "sluice.mounts" -}}
- { name: models, mountPath: /models }
- { name: tmp, mountPath: /tmp }
{{- if eq .Values.world.kind "local" }}
- { name: world, mountPath: /world, readOnly: true }
{{- end }}
{{- end }}

{{- define "sluice.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
