/** One line of Prometheus' text format: `name{label="value"} 3`. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*,?\s*/gy;
const ESCAPED: Record<string, string> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/**
 * The samples of a text in Prometheus' exposition format (prometheus.io/docs/instrumenting/exposition_formats).
 * Comments and lines that do not fit are passed over.
 */
export function parseExposition(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const found = line.startsWith("#") ? null : LINE.exec(line.trim());
    const [, name = "", labels = "", value = ""] = found ?? [];
    const number = toNumber(value);
    return name === "" || number === undefined ? [] : [{ name, labels: labelsOf(labels), value: number }];
  });
}

const labelsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = "", value = ""]) => [
      name,
      value.replace(/\\[\\"n]/g, (escaped) => ESCAPED[escaped] ?? escaped),
    ]),
  );

function toNumber(text: string): number | undefined {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const number = Number(text);
  return text === "" || Number.isNaN(number) ? undefined : number;
}
