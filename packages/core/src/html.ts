const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** Markup that is meant as such. */
export interface Html {
  readonly markup: string;
}
type Value = Html | readonly Html[] | string | number | null;

/** Markup with values in it: strings are escaped, markup is kept, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = parts.reduce((text, part, i) => text + markupOf(values[i - 1] ?? null) + part);
  return { markup };
}

function markupOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("\n");
}
