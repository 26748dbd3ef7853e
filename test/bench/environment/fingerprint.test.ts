import {expect, it} from 'vitest'
import {fingerprintOf} from '../../../src/bench/environment/fingerprint.ts'
import type {Environment, ServerEnvironment} from '../../../src/bench/shape/environment.ts'
import {sampleEnvironment} from '../sample-run.ts'

const sample = sampleEnvironment()

function redis(changes: Partial<ServerEnvironment>): ServerEnvironment {
  return {version: '7.0.15', local: true, roundTripMs: 0.08, settings: {}, ...changes}
}

it.each<Partial<Environment>>([
  {cpu: 'other'},
  {cores: 4},
  {memory: 16 * 2 ** 30},
  {system: 'Linux 6.2.0 x86_64'},
  {node: 'v22.0.0'},
  {redis: null},
  {postgres: null},
  {redis: redis({version: '7.2.4'})},
  {redis: redis({local: false})},
  {redis: redis({settings: {appendfsync: 'always'}})},
])('changes with %j', (changes) => {
  expect(fingerprintOf({...sample, ...changes})).not.toBe(sample.fingerprint)
})

it('tells apart which setting is which', () => {
  const [a, b] = [
    {appendonly: 'yes', save: 'no'},
    {appendonly: 'no', save: 'yes'},
  ].map((settings) => fingerprintOf({...sample, redis: redis({settings})}))
  expect(a).not.toBe(b)
})

it('stays with another version of qtool, another round trip, another order, a little less memory', () => {
  const {redis: server, memory} = sample
  expect(
    fingerprintOf({
      ...sample,
      qtool: '9.9.9',
      memory: memory - 1_000_000,
      redis: server && {
        ...server,
        roundTripMs: 99,
        settings: {appendfsync: 'everysec', appendonly: 'yes'},
      },
    }),
  ).toBe(sample.fingerprint)
})
