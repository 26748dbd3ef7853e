import {expect, inject, it} from 'vitest'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

async function seeded(...payloads: string[]) {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    payloads.map((payload) => ({payload})),
  )
  return at.queue
}

const run = async (command: Parameters<typeof runCommand>[0], queue: string, ...args: string[]) => {
  const {stderr, code} = await runCommand(command, ['-q', queue, ...args], {
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: inject('databaseUrl'),
  })
  return {said: stderr.split('\n').filter((line) => line.startsWith('none of the newest')), code}
}

const ORDER = '{"amount":"1,5","device":{"serial":7}}'
const NEAR = (name: string, near: string) => [
  `none of the newest dead letters has ${name}; did you mean "${near}"?`,
]

it.each([
  ['--by', 'amout', 'amount'],
  ['--by', 'device.seral', 'device.serial'],
  ['--by', 'resaon', 'reason'],
  ['--match', 'amout=1', 'amount'],
  ['--where', 'payload.device.seral:7', 'device.serial'],
])('dlq list %s %s asks whether another path was meant', async (flag, value, near) => {
  const name = value.replace(/^payload\.|[=:]\d$/g, '')
  const {said, code} = await run(DlqList, await seeded(ORDER), flag, value)
  expect([said, code]).toEqual([NEAR(name, near), 0])
})

it.each([
  ['--convert', 'amout:number', 'amount'],
  ['--rename-key', 'amout=sum', 'amount'],
  ['--drop-key', 'devise', 'device'],
])('dlq edit %s %s asks whether another key was meant', async (flag, value, near) => {
  const {said, code} = await run(DlqEdit, await seeded(ORDER), flag, value, '--yes')
  expect([said, code]).toEqual([NEAR(value.replace(/[:=].*/, ''), near), 0])
})

it('finds the keys of records within an envelope', async () => {
  const queue = await seeded(`{"points":[${ORDER}]}`)
  expect((await run(DlqEdit, queue, '--drop-key', 'amout', '--yes')).said).toEqual(NEAR('amout', 'amount'))
  expect((await run(DlqList, queue, '--by', 'amout')).said).toEqual(NEAR('amout', 'amount'))
})

it('names nothing where nothing is near', async () => {
  const {said} = await run(DlqList, await seeded(ORDER), '--by', 'customer_number')
  expect(said).toEqual(['none of the newest dead letters has customer_number'])
})

it.each<[string, Parameters<typeof runCommand>[0], string[]]>([
  ['a path that letters have', DlqList, ['--by', 'amount']],
  ['a value that none has', DlqList, ['--match', 'amount=99']],
  ['a rule that does not fit', DlqEdit, ['--convert', 'device:number', '--yes']],
  ['a key that a rule makes', DlqEdit, ['--rename-key', 'device=d', '--convert', 'd:number', '--yes']],
  ['a key that is set', DlqEdit, ['--set', 'amout=5', '--yes']],
])('says nothing of %s', async (_, command, args) => {
  expect((await run(command, await seeded(ORDER), ...args)).said).toEqual([])
})
