import {
  bytesText,
  countText,
  durationText,
  parseBytes,
  parseCount,
  parseCounts,
  parseDuration,
  parseMoment,
  parsePercent,
  parseRate,
  percentText,
  rateText,
} from '../config/amount.ts'
import {parseSampling, samplingText} from '../config/sampling.ts'
import {flagKind} from './flag-kind.ts'

/** A duration such as 30s, in ms. Its `max`, in ms, is 24 days if left out: a timer waits no longer. */
export const duration = flagKind<number, {max?: number}>({
  read: (text, flag, {max}) => parseDuration(flag, text, max),
  write: durationText,
})

/** A whole number of things such as 50k. */
export const count = flagKind<number>({
  read: (text, flag) => parseCount(flag, text),
  write: countText,
})

/** A size such as 64KiB, in bytes. */
export const bytes = flagKind<number, {min: number; max?: number}>({
  read: (text, flag, limits) => parseBytes(flag, text, limits),
  write: bytesText,
})

/** Whole numbers such as 1,2,50k, without repeats, in ascending order; `max` is for each of them. */
export const counts = flagKind<readonly number[], {max: number}>({
  read: (text, flag, {max}) => parseCounts(flag, text, max),
  write: (all) => all.map(countText).join(','),
})

/** Things per second such as 200/s. */
export const rate = flagKind<number>({
  read: (text, flag) => parseRate(flag, text),
  write: rateText,
})

/** A share such as 2%, as a number from 0 to 1. */
export const percent = flagKind<number>({
  read: (text, flag) => parsePercent(flag, text),
  write: percentText,
})

/** A share such as 1/1000, as the number of things of which one is chosen. */
export const sampling = flagKind<number>({
  read: (text, flag) => parseSampling(flag, text),
  write: samplingText,
})

/** A time, or how long ago it was, as it was typed: which moment is meant depends on the clock of Redis. */
export const time = flagKind<string>({
  read(text, flag) {
    parseMoment(flag, text, 0)
    return text
  },
  write: String,
})
