import type {Condition, Expression, Pattern} from './expression.ts'
import {isWithin} from './expression.ts'
import {fits} from './pattern.ts'
import {isPlain, type Subject} from './subject.ts'
import {hasValue, holds, valueFits, valueWithin} from './value.ts'

/** Whether a filter means a record. */
export type Matcher = (subject: Subject) => boolean

/** JSON objects in which a path is looked up: one record of an envelope, and the whole payload. */
type Objects = readonly Buffer[]

/** A test of a record. Only one that looks inside is given objects. */
interface Test {
  looksInside: boolean
  passes(subject: Subject, objects: Objects): boolean
}

/**
 * Makes one function of an expression. An envelope matches if one of its records, with the keys of the envelope beside
 * its own, passes the whole expression; `NOT x` means that none of them passes x, so that it is the complement of x.
 */
export function compile(expression: Expression): Matcher {
  const mayMatch = necessary(expression) ?? (() => true)
  const matches = anyRecord(toTest(expression))
  return (subject) => mayMatch(subject) && matches(subject)
}

function anyRecord(test: Test): Matcher {
  if (!test.looksInside) return (subject) => test.passes(subject, [])
  return (subject) => {
    const [payload, ...records] = subject.objects()
    if (records.length === 0) return test.passes(subject, [payload])
    return records.some((record) => test.passes(subject, [record, payload]))
  }
}

function toTest(expression: Expression): Test {
  switch (expression.kind) {
    case 'not':
      return negated(toTest(expression.part))
    case 'and':
      return combined(cheapFirst(expression.parts.map(toTest)), 'every')
    case 'or':
      return combined(cheapFirst(alternatives(expression.parts)), 'some')
    default:
      return testOf(expression)
  }
}

function combined(tests: readonly Test[], how: 'every' | 'some'): Test {
  return {
    looksInside: tests.some(({looksInside}) => looksInside),
    passes: (subject, objects) => tests[how]((test) => test.passes(subject, objects)),
  }
}

/** What needs no look into the payload comes first. */
function cheapFirst(tests: readonly Test[]): Test[] {
  return tests.toSorted((a, b) => Number(a.looksInside) - Number(b.looksInside))
}

/** A thousand ids are one look-up. */
function alternatives(parts: readonly Expression[]): Test[] {
  const texts = new Map<string, Set<string>>()
  const others = parts.filter((part) => {
    if (part.kind !== 'is' || part.pattern.length > 1) return true
    const known = texts.get(part.field) ?? new Set()
    texts.set(part.field, known.add(part.pattern[0]))
    return false
  })
  const sets = [...texts].map(([field, wanted]) =>
    outside((subject) => subject.texts(field).some((text) => wanted.has(text))),
  )
  return [...sets, ...others.map(toTest)]
}

/** Asked once for each record of an envelope, it is answered once. */
function negated(test: Test): Test {
  const matches = anyRecord(test)
  let last: {subject: Subject; answer: boolean} | undefined
  return {
    looksInside: false,
    passes(subject) {
      if (last?.subject !== subject) last = {subject, answer: !matches(subject)}
      return last.answer
    },
  }
}

function testOf(condition: Condition): Test {
  switch (condition.kind) {
    case 'is': {
      const {field, pattern} = condition
      return outside((subject) => subject.texts(field).some((text) => fits(pattern, text)))
    }
    case 'bound': {
      const {field, operator, limit} = condition
      return outside((subject) => isWithin(operator, subject.figure(field) - limit))
    }
    case 'contains': {
      const {text} = condition
      return outside((subject) => subject.searched().some((searched) => holds(searched, text)))
    }
    case 'value-is': {
      const {path, pattern} = condition
      return inside((object) => hasValue(object, path, (json) => valueFits(pattern, json)))
    }
    case 'value-bound': {
      const {path, operator, limit} = condition
      return inside((object) => hasValue(object, path, (json) => valueWithin(operator, limit, json)))
    }
  }
}

function outside(passes: Matcher): Test {
  return {looksInside: false, passes}
}

function inside(passes: (object: Buffer) => boolean): Test {
  return {looksInside: true, passes: (_, objects) => objects.some(passes)}
}

/** A test of the bytes alone that every match passes, which saves parsing most records; undefined where there is none. */
function necessary(expression: Expression): Matcher | undefined {
  switch (expression.kind) {
    case 'and': {
      const tests = expression.parts.flatMap((part) => necessary(part) ?? [])
      return tests.length === 0 ? undefined : (subject) => tests.every((test) => test(subject))
    }
    case 'or': {
      const tests = expression.parts.map(necessary)
      if (!tests.every((test) => test !== undefined)) return undefined
      return (subject) => tests.some((test) => test(subject))
    }
    case 'contains':
      return holding(expression.text)
    case 'value-is':
      return holding(longest(expression.pattern))
    default:
      return undefined
  }
}

function holding(text: string): Matcher | undefined {
  return isPlain(text) ? (subject) => subject.mayHold(text) : undefined
}

function longest(pattern: Pattern): string {
  return pattern.reduce((one, other) => (other.length > one.length ? other : one))
}
