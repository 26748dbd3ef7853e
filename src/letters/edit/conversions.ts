import type {Conversion} from './conversion.ts'
import {commaDecimal, number, string} from './numbers.ts'
import {emptyNull, fromJson, trim} from './texts.ts'
import {date, epoch} from './times.ts'

/** What `--convert PATH:NAME` knows, by name. */
export const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
  ['comma-decimal', commaDecimal],
  ['number', number],
  ['string', string],
  ['epoch-s', epoch('s')],
  ['epoch-ms', epoch('ms')],
  ['epoch-us', epoch('us')],
  ['epoch-ns', epoch('ns')],
  ['date-dmy', date('dmy')],
  ['date-mdy', date('mdy')],
  ['trim', trim],
  ['empty-null', emptyNull],
  ['json', fromJson],
])
