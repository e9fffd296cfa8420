/** Files as a tar archive (POSIX ustar): the same files give the same bytes, whatever their times and owners. */
export function tar(files: { path: string; bytes: Buffer; isProgram: boolean }[]): Buffer {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = sorted.flatMap(({ path, bytes, isProgram }) => [
    header(path, bytes.length, isProgram ? 0o755 : 0o644),
    bytes,
    Buffer.alloc(-bytes.length & (BLOCK - 1)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

const BLOCK = 512;
const CHECKSUM = { at: 148, length: 8 };

function header(path: string, size: number, mode: number): Buffer {
  const { prefix, name } = split(path);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8); // user
  octal(0, 116, 8); // group
  octal(size, 124, 12);
  octal(0, 136, 12); // time
  block.write("0", 156); // a file
  block.write("ustar\x0000", 257, "latin1");
  block.write(prefix, 345);
  block.fill(" ", CHECKSUM.at, CHECKSUM.at + CHECKSUM.length);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM.at, "latin1");
  return block;
}

/** A path of more than 100 bytes is split at a slash. */
function split(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  const at = path.indexOf("/", path.length - 101);
  const prefix = path.slice(0, at);
  if (at < 1 || Buffer.byteLength(prefix) > 155) throw new Error(`${path} is too long for a tar archive`);
  return { prefix, name: path.slice(at + 1) };
}
