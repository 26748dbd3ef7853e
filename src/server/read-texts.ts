import type {TSchema} from 'typebox'

/** How texts of an address are read where a number or a boolean is expected. Others are left for the check to refuse. */
const READERS: Record<string, (text: string) => unknown> = {
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  number: (text) => (/^-?\d+(\.\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
}

/** The fields of a query or a path, with those read that are not meant to be text. */
export function readTexts(schema: TSchema, data: unknown): unknown {
  const {properties = {}} = schema as {properties?: Record<string, {type?: string} | undefined>}
  const fields = Object.entries((data ?? {}) as Record<string, unknown>)
  return Object.fromEntries(fields.map(([name, value]) => [name, read(properties[name]?.type, value)]))
}

function read(type: string | undefined, value: unknown): unknown {
  const reader = type === undefined ? undefined : READERS[type]
  return reader && typeof value === 'string' ? reader(value) : value
}
