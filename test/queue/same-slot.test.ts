import {expect, it} from 'vitest'
import type {QtoolError} from '../../src/errors.ts'
import {assertSameSlot} from '../../src/queue/same-slot.ts'

it.each([
  ['app', '{app}:jobs'],
  ['celery', 'celery'],
])('takes for queue %s the key %s', (name, key) => {
  assertSameSlot(name, key, `queue:{${name}}`)
})

it.each([
  ['{bull}:mail:wait', 'name it so: -q bull'],
  ['events', 'name it so: -q events'],
  ['app:events', '"app:events" cannot be the name of a queue'],
  ['{a:b}:jobs', '"a:b" cannot be the name of a queue'],
])('says how the queue of %s can be named, if at all', (key, advice) => {
  try {
    assertSameSlot('mail', key, 'queue:{mail}')
    expect.unreachable()
  } catch (error) {
    expect((error as QtoolError).suggestions?.join()).toContain(advice)
  }
})
