import type {Interfaces} from '@oclif/core'
import {assertNoEmptyValue} from '../config/empty-values.ts'
import {QtoolError} from '../errors.ts'

/** A value that flags take: how it is read, and how a person types it. */
interface Kind<T, Limits> {
  /** @param flag its name, `--lease` @throws QtoolError (usage) */
  read(text: string, flag: string, limits: Limits): T
  write(value: T): string
}

/** What a flag has if it is not typed: the text that a person would type, or a value that depends on --quick. */
type Default<T> = string | ByQuick<T>

/** A default that is shown, and applied only where the flag is used. */
export interface Later<T> {
  later: T
}

/** A default with --quick, and without. */
export interface ByQuick<T> {
  full: T
  quick: T
}

type Described = Pick<
  Partial<Interfaces.OptionFlag<unknown>>,
  'summary' | 'description' | 'char' | 'helpValue' | 'helpGroup' | 'dependsOn' | 'exclusive'
>

interface FlagOfKind<T, Limits> {
  (options: Described & Limits & {default: Default<T>}): Interfaces.OptionFlag<T>
  (options: Described & Limits & {default?: Later<T>}): Interfaces.OptionFlag<T | undefined>
}

/** Makes a function that makes flags which take values of one kind, and whose help shows the default as it is typed. */
export function flagKind<T, Limits extends object = object>(kind: Kind<T, Limits>): FlagOfKind<T, Limits> {
  const make = ({default: given, ...options}: Described & Limits & {default?: Default<T> | Later<T>}) => {
    const read = (text: string, name: string) => {
      assertNoEmptyValue('flag', {[name]: text})
      return kind.read(text, `--${name}`, options as Limits)
    }
    return {
      ...options,
      // oclif fills it in
      name: '',
      type: 'option' as const,
      input: [],
      multiple: false,
      parse: async (text: string, _: unknown, {name}: {name: string}) => {
        try {
          return read(text, name)
        } catch (error) {
          // oclif writes words of its own around the message of the error that it gets
          throw new Error(`--${name} cannot be read`, {cause: error})
        }
      },
      ...(typeof given === 'string' && {
        default: async (context: {options: {name: string}}) => read(given, context.options.name),
        defaultHelp: async () => given,
      }),
      ...(typeof given === 'object' &&
        'later' in given && {defaultHelp: async () => kind.write(given.later)}),
      ...(typeof given === 'object' && 'full' in given && byQuick(given, kind.write)),
    }
  }
  return make as FlagOfKind<T, Limits>
}

/** What a flag of these kinds threw, taken out of what oclif made of it; any other error as it is. */
export function thrownByFlag(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof QtoolError ? error.cause : error
}

/** The default of a flag that --quick changes, also of one of oclif's own flags. */
export function byQuick<T>({full, quick}: ByQuick<T>, write: (value: T) => string = String) {
  const [text, quickText] = [write(full), write(quick)]
  return {
    default: async ({flags}: {flags: Record<string, unknown>}) => (flags.quick ? quick : full),
    defaultHelp: async () => (text === quickText ? text : `${text}; ${quickText} with --quick`),
  }
}
