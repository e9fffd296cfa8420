const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

const UTF8_NAMES = 0x0800;
const VERSION = 20;
/** 1 January 1980, the format's first day: the same masks make the same zip. */
const DATE = 0x0021;

/** Numbers written in the order given, each of its width in bytes. */
function record(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

/**
 * A zip of files that are stored as they are (APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16): a PNG does not get
 * smaller. At most 65,535 files and 4 GiB.
 *
 * @param {{name: string, bytes: Uint8Array}[]} files names must differ, see `distinct`
 * @returns {Blob}
 */
export function zip(files) {
  const [body, directory] = [[], []];
  let offset = 0;
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(name);
    const shared = [
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, 0], // stored
      [2, 0],
      [2, DATE],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, path.length],
      [2, 0],
    ];
    const local = record([4, 0x04034b50], ...shared);
    body.push(local, path, bytes);
    directory.push(
      record([4, 0x02014b50], [2, VERSION], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
      path,
    );
    offset += local.length + path.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const counts = [2, files.length];
  const end = record([4, 0x06054b50], [2, 0], [2, 0], counts, counts, [4, size], [4, offset], [2, 0]);
  return new Blob([...body, ...directory, end], { type: "application/zip" });
}

/** Names of files, each made different from those before it: `a.png`, `a-2.png`. */
export function distinct(names) {
  const taken = new Set();
  return names.map((name) => {
    const [, stem, ending] = /^(.*?)(\.\w+)?$/s.exec(name);
    let free = name;
    for (let i = 2; taken.has(free.toLowerCase()); i++) free = `${stem}-${i}${ending ?? ""}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
