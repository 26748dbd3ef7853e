import {escapeLine} from '../../escape.ts'

/** HTML that is safe to put into a page, as made by `html`. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

export type Part = string | number | Markup | Part[] | null

/** A template tag that escapes its strings, which may stand only between tags or in a quoted attribute. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(texts.map((text, i) => text + (i < parts.length ? write(parts[i] ?? null) : '')).join(''))
}

function write(part: Part): string {
  if (part === null) return ''
  if (Array.isArray(part)) return part.map(write).join('')
  return part instanceof Markup ? part.toString() : escapeHtml(String(part))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Also replaces what XML cannot represent: lone surrogates and non-characters. */
function escapeHtml(text: string): string {
  return escapeLine(text)
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
    .replace(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
}
