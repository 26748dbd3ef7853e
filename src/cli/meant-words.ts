import {didYouMean, nearest} from '../nearest.ts'

/** What may have been meant by a flag that there is not, or by a value that a flag does not take. @param flags of the command */
export function meantWords(message: string, flags: string[]): string[] {
  const [, flag] = /^unknown flag --([\w-]+)/.exec(message) ?? []
  const near = flag && nearest(flag, flags)
  if (near) return [`did you mean --${near}?`]
  const [, options, value] = /^expected \S+(?: \S+)? to be one of (.*), got "(.*)"$/.exec(message) ?? []
  return options === undefined ? [] : didYouMean(value, options.split(', '))
}
