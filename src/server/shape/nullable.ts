import {type TNull, type TSchema, type TUnion, Type} from 'typebox'

/** A value or null. */
export function Nullable<T extends TSchema>(shape: T): TUnion<[T, TNull]> {
  return Type.Union([shape, Type.Null()])
}
