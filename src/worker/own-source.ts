import {fieldsOf} from '../config/mapping/fields.ts'
import {sourceText} from '../config/mapping/source.ts'
import type {Sink} from '../sink/sink.ts'

/** Column → what gives it, as it is written in a mapping, where it is not the key of its own name. */
export function ownSources({options}: Pick<Sink, 'options'>): Map<string, string> {
  return new Map(fieldsOf(options).map(({column, source}) => [column, sourceText(source)]))
}
