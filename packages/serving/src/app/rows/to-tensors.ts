import { Imported, SluiceError } from "@sluice/core";
import { type Datatype, packValues, shown, type Tensor } from "../../onnx/tensor";

type Row = readonly unknown[];

/**
 * The tensors of a tabular model for rows: one with a column for each value, or one for each column.
 *
 * Throws `input.row_invalid` naming the row and the column.
 */
export function rowsToTensors(version: Imported.Version, rows: readonly unknown[]): Tensor[] {
  const { inputs } = version.signature;
  const table = rows.map((row, i) => toRow(version, row, i));
  if (inputs.length > 1) {
    return inputs.map(({ name, datatype }, column) => ({
      name,
      datatype,
      shape: [rows.length, 1],
      values: packValues(
        datatype,
        table.map((row, i) => checked(row[column], datatype, i, name)),
      ),
    }));
  }
  const [{ name, datatype }] = inputs as [Imported.TensorSpec];
  const width = table[0]?.length ?? 0;
  const columnName = (at: number) => version.columns?.[at] ?? `column ${at}`;
  const values = table.flatMap((row, i) =>
    row.map((value, at) => checked(value, datatype, i, columnName(at))),
  );
  return [{ name, datatype, shape: [rows.length, width], values: packValues(datatype, values) }];
}

/** A row's values in the columns' order. */
function toRow({ columns, signature }: Imported.Version, row: unknown, i: number): Row {
  if (Array.isArray(row)) return ofWidth(row, i, columns?.length ?? Imported.columnCount(signature));
  if (typeof row !== "object" || row === null)
    throw invalid(i, "is no object and no list", "Give its values.");
  if (!columns) {
    const hint = "Give lists, or name the columns when the model is imported: --columns.";
    throw invalid(i, "has names, but the model's columns have none", hint);
  }
  const given = Object.keys(row);
  const strange = given.find((name) => !columns.includes(name));
  if (strange !== undefined)
    throw invalid(i, `has ${shown(strange)}, which is no column`, columnsHint(columns));
  const missing = columns.find((name) => !Object.hasOwn(row, name));
  if (missing !== undefined) throw invalid(i, `has no ${shown(missing)}`, columnsHint(columns));
  return columns.map((name) => (row as Record<string, unknown>)[name]);
}

function ofWidth(row: unknown[], i: number, width: number): Row {
  if (row.length === width || (width === -1 && row.length > 0)) return row;
  throw invalid(i, `has ${row.length} values; the model takes ${width === -1 ? "some" : width}`, "In order.");
}

const columnsHint = (columns: string[]) =>
  `The columns: ${columns.slice(0, 30).join(", ")}${columns.length > 30 ? ", …" : ""}.`;

const RANGES: Partial<Record<Datatype, [number, number]>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 2 ** 32 - 1],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** A value that fits the datatype. Throws `input.row_invalid`. */
function checked(value: unknown, datatype: Datatype, i: number, column: string): unknown {
  if (value === null || value === undefined) {
    throw invalid(i, `has no value for ${shown(column)}`, "Leave the row out, or fill the value in.");
  }
  const range = RANGES[datatype];
  const fits = range
    ? Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1]
    : typeof value === kindOf(datatype);
  if (fits) return value;
  const called = range ? `a whole number from ${range[0]} to ${range[1]}` : `a ${NAMES[kindOf(datatype)]}`;
  throw invalid(i, `: ${shown(column)} is ${JSON.stringify(value).slice(0, 40)}, not ${called}`, "Mend it.");
}

const kindOf = (datatype: Datatype) =>
  datatype === "BYTES" ? "string" : datatype === "BOOL" ? "boolean" : "number";
const NAMES = { string: "text", boolean: "true or false", number: "number" };

const invalid = (row: number, what: string, hint: string) =>
  new SluiceError("input.row_invalid", `Row ${row}${what.startsWith(":") ? "" : " "}${what}`, hint);
