import {type Cursor, floatText, number} from './cursor.ts'
import {ascii, oldFloat, oldInteger, quotedText, rawUnicode} from './old-text.ts'
import type {PickleValue} from './value.ts'

/** Opcode → the value that it puts on the stack. */
export const SCALARS: Record<number, (from: Cursor) => PickleValue> = {
  /* NONE */ 78: () => null,
  /* NEWTRUE */ 136: () => true,
  /* NEWFALSE */ 137: () => false,
  /* INT */ 73: (from) => oldInteger(from.line()),
  /* LONG */ 76: (from) => oldInteger(from.line()),
  /* BININT */ 74: (from) => number(String(from.take(4).readInt32LE())),
  /* BININT1 */ 75: (from) => number(String(from.unsigned(1))),
  /* BININT2 */ 77: (from) => number(String(from.unsigned(2))),
  /* LONG1 */ 138: (from) => from.long(1),
  /* LONG4 */ 139: (from) => from.long(4),
  /* FLOAT */ 70: (from) => number(floatText(oldFloat(from.line()))),
  /* BINFLOAT */ 71: (from) => number(floatText(from.take(8).readDoubleBE())),
  /* STRING */ 83: (from) => quotedText(from.line()),
  /* BINSTRING */ 84: (from) => ascii(from.take(from.unsigned(4)).toString('latin1')),
  /* SHORT_BINSTRING */ 85: (from) => ascii(from.take(from.unsigned(1)).toString('latin1')),
  /* UNICODE */ 86: (from) => rawUnicode(from.line()),
  /* SHORT_BINUNICODE */ 140: (from) => from.text(1),
  /* BINUNICODE */ 88: (from) => from.text(4),
  /* BINUNICODE8 */ 141: (from) => from.text(8),
  /* SHORT_BINBYTES */ 67: (from) => from.take(from.unsigned(1)),
  /* BINBYTES */ 66: (from) => from.take(from.unsigned(4)),
  /* BINBYTES8 */ 142: (from) => from.take(from.unsigned(8)),
  /* BYTEARRAY8 */ 150: (from) => from.take(from.unsigned(8)),
}
