import {type TNumber, Type} from 'typebox'

/** Two numbers, in the words of JSON Schema 2020-12; `Type.Tuple` uses those of earlier versions. */
export function pair(prefixItems: [TNumber, TNumber], options: {description: string}) {
  return Type.Unsafe<[number, number]>({type: 'array', prefixItems, minItems: 2, maxItems: 2, ...options})
}
