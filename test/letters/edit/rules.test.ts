import {expect, it} from 'vitest'
import {editedItem} from '../../../src/letters/edit/edited-item.ts'
import {type RuleFlags, readRules} from '../../../src/letters/edit/rule.ts'
import {editLetters} from '../../../src/letters/edit/run-edit.ts'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const {signal} = new AbortController()

/** A letter of another program, whose payload is the whole. */
const edit = (text: string, flags: RuleFlags) => {
  const {item, misfits} = editedItem(new Letter(Buffer.from(text), 0), readRules(flags))
  return {item: item?.toString(), misfits}
}

it.each([
  ['{"old": 1.50 ,"b":2}', {'rename-key': ['old=new']}, '{"new": 1.50 ,"b":2}'],
  ['{"a":{"old":1}}', {'rename-key': ['a.old=new']}, '{"a":{"new":1}}'],
  ['{"debug":{"x":1},"b":9007199254740993}', {'drop-key': ['debug']}, '{"b":9007199254740993}'],
  ['{"amount":"1.234,50"}', {convert: ['amount:comma-decimal']}, '{"amount":1234.50}'],
  ['{"at:x":"1,5"}', {convert: ['at:x:comma-decimal']}, '{"at:x":1.5}'],
  // Renamed first, then dropped, converted and set
  [
    '{"Amount":"1,5","b":1}',
    {
      set: ['amount=2'],
      convert: ['amount:comma-decimal'],
      'drop-key': ['b'],
      'rename-key': ['Amount=amount'],
    },
    '{"amount":2}',
  ],
])('makes of %s by %j %s', (text, flags, item) => {
  expect(edit(text, flags)).toEqual({item, misfits: []})
})

it.each([
  ['{"new":1}', {'rename-key': ['old=new']}, 'has no key old'],
  ['{"old":1,"new":2}', {'rename-key': ['old=new']}, 'has a key new already'],
  ['{"a":1}', {'drop-key': ['b']}, 'has no key b'],
  [
    '{"a":5}',
    {convert: ['a:comma-decimal']},
    'has a value at a that is not a string with a decimal comma, such as "467,47"',
  ],
  ['{"a":5}', {set: ['a.b=1']}, 'has no object to set a.b in'],
  ['{"a":5}', {set: ['a=5']}, 'would not change'],
  // By all rules or by none
  ['{"a":"1,5"}', {convert: ['a:comma-decimal', 'b:trim']}, 'has no key b'],
  ['{"a":', {set: ['a=5']}, 'is not a JSON object'],
])('leaves %s alone by %j, because it %s', (text, flags, why) => {
  expect(edit(text, flags)).toEqual({item: undefined, misfits: [why]})
})

it('changes the records of an envelope that the rules fit, and counts the others', () => {
  const text = '{"points":[ {"a":"1,5"}, {"a":2} ,{"a":"3,50"}],"n":1.0}'
  expect(edit(text, {convert: ['a:comma-decimal']})).toEqual({
    item: '{"points":[ {"a":1.5}, {"a":2} ,{"a":3.50}]}',
    misfits: [expect.stringContaining('decimal comma')],
  })
})

it.each([
  [{'rename-key': ['a']}, '--rename-key must be OLD=NEW'],
  [{'rename-key': ['a=']}, '--rename-key must be OLD=NEW'],
  [{'drop-key': ['']}, '--drop-key must be KEY'],
  [{convert: ['comma-decimal']}, '--convert must be PATH:CONVERSION'],
  [{convert: ['a:comma']}, 'unknown conversion "comma"'],
  [{set: ['=5']}, '--set must be PATH=VALUE'],
])('refuses %j', (flags, message) => {
  expect(() => readRules(flags)).toThrow(message)
})

const run = async ({letters}: QueueEngine, flags: RuleFlags, trash = 'abc') => {
  const plan = await letters.plan()
  return editLetters(letters, {
    filter: {plan},
    rules: readRules(flags),
    run: {trash, by: 'me@here', at: plan.at, how: '--convert a:json'},
    signal,
  })
}

it('says by which rule a letter was edited, by whom, and from which id', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: String.raw`{"a":"{\"b\":1}"}`, id: 'l:7'}, {payload: '{"a":1}'}])
  expect(await run(at.engine, {convert: ['a:json']})).toMatchObject({
    matched: 2,
    edited: 1,
    skipped: 1,
    leftAlone: [{why: 'has a value at a that is not a string', records: 1}],
    examples: [{id: 'l:7', after: '{"a":{"b":1}}'}],
  })
  const letter = await at.engine.letters.find('l:7', {})
  expect(letter?.history).toMatchObject([
    {reason: 'edited', message: 'by me@here, id l:7: --convert a:json', failedAt: expect.any(String)},
  ])
})

it('applies rules to no letter twice, also where they would fit again, as after a crash', async () => {
  const at = context.newQueue()
  const swap = {'rename-key': ['a=t', 'b=a', 't=b']}
  await seedLetters(context, at, [{payload: '{"a":1,"b":2}'}])
  expect(await run(at.engine, swap)).toMatchObject({edited: 1})
  expect(await run(at.engine, swap)).toMatchObject({edited: 0})
  const [letter] = await context.redis.zrange(at.keys.dead, '0', '-1')
  expect(JSON.parse(letter).payload).toBe('{"b":1,"a":2}')
  // Another edit is another matter
  expect(await run(at.engine, swap, 'def')).toMatchObject({edited: 1})
})

it.each([
  ['{"orders":[{"id":1,"lines":[{"n":"1,5"}]}],"$qtool_route":"orders[].lines[]"}', '"1,5"', '1.5'],
  [
    '{"orders":[{"customer":{"n":"1,5"},"n":"2,5"}],"n":"3,5","$qtool_route":"orders[].customer"}',
    '"1,5"',
    '1.5',
  ],
  ['{"n":"1,5","points":[{"n":"2,5"}],"$qtool_route":"$"}', '"1,5"', '1.5'],
  ['{"n":"3,5","points":[{"n":"1,5","lines":[{"n":"2,5"}]}],"$qtool_route":"points[].$"}', '"1,5"', '1.5'],
  ['{"points":[{"lines":[ {"n":"1,5"} ]}],"$qtool_route":["points[].lines[]"]}', '"1,5"', '1.5'],
])('changes the record that a route has kept: %s', (text, before, after) => {
  const letter = new Letter(Buffer.from(text), 0, ['elsewhere'])
  const {item, misfits} = editedItem(letter, readRules({convert: ['n:comma-decimal']}))
  expect([String(item), misfits]).toEqual([text.replace(before, after), []])
})

it('changes the item itself where its route finds no object, so that the place can be mended', () => {
  const text = '{"lines":7,"$qtool_route":["lines[]","lines[].parts[]"]}'
  expect(edit(text, {set: ['lines=[]']}).item).toBe(text.replace('7', '[]'))
})
