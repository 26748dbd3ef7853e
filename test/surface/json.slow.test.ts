import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {cliEnv, newFolder} from '../support/cli.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'
import * as scenario from './scenario.ts'
import {Transcript} from './transcript.ts'

/** Scenarios of `qtool bench` that this test leaves out, and the agents of one. */
const SLOW = ['agent', 'all', 'api', 'capacity', 'connections', 'modes', 'recovery', 'sustained', 'workers']

/** Commands that end only when they are told to; their own tests read what they print. */
const ENDLESS = ['qtool serve']

/** Commands that hand over to another program, which has an output of its own. */
const CLIENTS = ['qtool psql', 'qtool redis-cli']

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

it('answers with the fields of json.snapshot', {timeout: 600_000}, async () => {
  const folder = newFolder()
  const env = cliEnv({...stack.env, REDIS_URL: undefined, DATABASE_URL: undefined})
  const transcript = new Transcript(env, {[folder]: 'FOLDER'})
  const stage = {env, folder, transcript}
  await scenario.startStack(stage)
  await scenario.fillAndDrain(stage)
  await scenario.handleLetters(stage)
  await scenario.purgeAndWatch(stage)
  await scenario.keepOperations(stage)
  await scenario.changeShards(stage)
  await scenario.keepProfiles(stage)
  await scenario.failInEveryWay(stage)
  await scenario.measure(stage)
  await scenario.stopStack(stage)
  await expect(
    transcript.text(),
    'JSON fields or exit codes have changed; if they are meant to: npm run test:faults -- test/surface --update',
  ).toMatchFileSnapshot('json.snapshot')
})

it('is a list of every command but the scenarios that take long', () => {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
  const lines = readFileSync('test/surface/json.snapshot', 'utf8').split('\n')
  const names = Object.keys(commands).map((id) => `qtool ${id.replaceAll(':', ' ')}`)
  const missing = names.filter((name) => !lines.some((line) => line.startsWith(`${name} `)))
  // They answer as `bench bombard` does; see schemas/bench-run.json
  const slow = SLOW.map((scenario) => `qtool bench ${scenario}`)
  expect(missing.sort()).toEqual([...slow, ...ENDLESS, ...CLIENTS].sort())
})
