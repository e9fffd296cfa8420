/** One field of a protobuf message: a number, or bytes (a text, a message, packed numbers). */
export interface Field {
  number: number;
  /** Of a varint; exact up to 2^53. */
  int?: number;
  bytes?: Uint8Array;
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * The fields of a protobuf message, in their order (protobuf.dev/programming-guides/encoding). Groups, which ONNX has
 * none of, are refused.
 *
 * Throws `RangeError` where the bytes are no message, or one that is cut off.
 */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("a number is cut off");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number is too long");
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw new RangeError("a field is cut off");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw new RangeError("a field has no number");
    const wire = tag % 8;
    if (wire === WIRE.varint) yield { number, int: varint() };
    else if (wire === WIRE.bytes) yield { number, bytes: take(varint()) };
    else if (wire === WIRE.fixed64) yield { number, bytes: take(8) };
    else if (wire === WIRE.fixed32) yield { number, bytes: take(4) };
    else throw new RangeError(`a field has the wire type ${wire}`);
  }
}
