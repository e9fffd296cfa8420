/** The part of Grafana's dashboard model (grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model) that is used here. */
export interface Query {
  /** PromQL. `$namespace` and `$__rate_interval` are Grafana's to fill in. */
  expr: string;
  /** What a series is called: `{{label}}`. */
  legend?: string;
}

type Unit = "short" | "s" | "percentunit" | "bytes" | "reqps";

export interface Panel {
  title: string;
  description: string;
  type: "timeseries" | "stat" | "heatmap" | "table";
  unit: Unit;
  queries: Query[];
  /** Of 24. */
  width?: number;
}

export interface Row {
  title: string;
  panels: Panel[];
}

const HEIGHT = 8;
const COLUMNS = 24;
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
const SOURCE = { type: "prometheus", uid: "${datasource}" };

/** Rows of panels from left to right, each row under its title. */
export function dashboard({ uid, title, rows }: { uid: string; title: string; rows: Row[] }) {
  let y = 0;
  let id = 1;
  const panels = rows.flatMap(({ title, panels }) => {
    const head = { id: id++, type: "row", title, gridPos: { x: 0, y: y++, w: COLUMNS, h: 1 }, panels: [] };
    let x = 0;
    const placed = panels.map((panel) => {
      const w = panel.width ?? COLUMNS / 3;
      if (x + w > COLUMNS) {
        x = 0;
        y += HEIGHT;
      }
      const gridPos = { x, y, w, h: HEIGHT };
      x += w;
      return toPanel(panel, id++, gridPos);
    });
    y += HEIGHT;
    return [head, ...placed];
  });
  return {
    uid,
    title,
    tags: ["sluice"],
    schemaVersion: 39,
    editable: false,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus" },
        {
          name: "namespace",
          type: "query",
          label: "Namespace",
          datasource: SOURCE,
          query: "label_values(sluice_model_loaded, namespace)",
          refresh: 2,
          includeAll: true,
          allValue: ".*",
          multi: true,
          current: { text: "All", value: "$__all" },
        },
      ],
    },
    panels,
  };
}

/** Columns of 24, and lines. */
interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

const toPanel = (panel: Panel, id: number, gridPos: Place) => ({
  id,
  type: panel.type,
  title: panel.title,
  description: panel.description,
  datasource: SOURCE,
  gridPos,
  fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
  targets: panel.queries.map(({ expr, legend }, i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: SOURCE,
    expr,
    legendFormat: legend ?? "",
    ...(panel.type === "heatmap" && { format: "heatmap" }),
    ...((panel.type === "table" || panel.type === "stat") && { instant: true }),
    ...(panel.type === "table" && { format: "table" }),
  })),
});
