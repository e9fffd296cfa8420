const MOST_FILES = 1_000;

/**
 * The files of a drop or a paste, those in dropped folders too, in order of their names. Hidden files of folders are
 * left out.
 *
 * @param {DataTransfer | null} data read at once: it is empty after the event
 */
export async function filesOf(data) {
  if (!data) return [];
  const files = [...data.files];
  const entries = [...data.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry?.());
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
    if (file) found.push(file);
    return;
  }
  const inside = await allOf(entry.createReader());
  const visible = inside.filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX");
  for (const child of visible.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))) {
    await collect(child, found);
  }
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function allOf(reader) {
  const all = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Hands a file to the person. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Calls `take` with the files that are chosen, dropped or pasted anywhere on the page. */
export function listen(inputs, take) {
  for (const input of inputs) {
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = ""; // so that the same photo can be chosen again
    });
  }
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("paste", async (event) => take(await filesOf(event.clipboardData), "paste"));
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", async (event) => {
    document.body.classList.remove("dragging");
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(await filesOf(event.dataTransfer), "drop");
  });
}
