import type {DeadLetterView} from '../letters/letter.ts'
import type {LetterGroup} from '../letters/letter-groups.ts'
import {ranked} from '../letters/letter-rank.ts'
import type {LetterSurvey} from '../letters/letter-survey.ts'
import {earliest, latest, mergeCounts, mergeForeignTimes, mergeTimesBy} from './merge-times.ts'
import {sum} from './shard-set.ts'

/** The surveys of all shards as one. @param show letters to show, the newest */
export function mergeSurveys(all: LetterSurvey[], show: number): LetterSurvey {
  const total = (of: (survey: LetterSurvey) => number) => sum(all.map(of))
  return {
    deadLetters: total(({deadLetters}) => deadLetters),
    deadLettersByReason: mergeCounts(all.map(({deadLettersByReason}) => deadLettersByReason)),
    foreignDeadLetters: total(({foreignDeadLetters}) => foreignDeadLetters),
    timesByReason: mergeTimesBy(all.map(({timesByReason}) => timesByReason)),
    foreignTimes: mergeForeignTimes(all.map(({foreignTimes}) => foreignTimes)),
    matched: total(({matched}) => matched),
    searched: {...all[0].searched, letters: total(({searched}) => searched.letters)},
    grouped: total(({grouped}) => grouped),
    records: total(({records}) => records),
    firstFailedAt: earliest(all.map(({firstFailedAt}) => firstFailedAt)),
    lastFailedAt: latest(all.map(({lastFailedAt}) => lastFailedAt)),
    groups: mergeGroups(all.map(({groups}) => groups)),
    items: newestFirst(all.flatMap(({items}) => items)).slice(0, show),
  }
}

function newestFirst(items: DeadLetterView[]): DeadLetterView[] {
  return items.sort((a, b) => (b.failedAt ?? '').localeCompare(a.failedAt ?? ''))
}

/** Groups of the same id as one. */
export function mergeGroups(all: LetterGroup[][]): LetterGroup[] {
  const groups = new Map<string | null, LetterGroup>()
  for (const group of all.flat()) {
    const known = groups.get(group.id)
    groups.set(group.id, known ? joined(known, group) : group)
  }
  return ranked([...groups.values()])
}

function joined(a: LetterGroup, b: LetterGroup): LetterGroup {
  return {
    ...a,
    letters: a.letters + b.letters,
    records: a.records + b.records,
    perMinute: a.perMinute.map((count, i) => count + b.perMinute[i]),
    firstFailedAt: earliest([a.firstFailedAt, b.firstFailedAt]),
    lastFailedAt: latest([a.lastFailedAt, b.lastFailedAt]),
  }
}
