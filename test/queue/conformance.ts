import {describe, expect, it} from 'vitest'
import type {Reach} from '../support/context.ts'
import {describeCounters} from './conformance/counters.ts'
import {describeDeadlines} from './conformance/deadline.ts'
import {describeExactSending} from './conformance/exact-sending.ts'
import {describePausing} from './conformance/pause.ts'
import {describePeeking} from './conformance/peek.ts'
import {describeProducer} from './conformance/producer.ts'
import {describeRefusals} from './conformance/refusals.ts'
import {describeReplaying} from './conformance/replay.ts'
import {describeSettling} from './conformance/settle.ts'
import {describeSplitting} from './conformance/split.ts'
import {describeTake} from './conformance/take.ts'
import {type EngineUnderTest, useEngine} from './conformance/tested-queue.ts'
import {describeTrash} from './conformance/trash.ts'

const GROUPS = [
  describeTake,
  describeDeadlines,
  describeSettling,
  describeSplitting,
  describeProducer,
  describePeeking,
  describePausing,
  describeReplaying,
  describeTrash,
  describeCounters,
]

/** What is about connections more than about an engine, and takes the longest. */
const OF_CONNECTIONS = [describeExactSending, describeRefusals]

/**
 * Tests what every engine has to do; what only some can do is skipped for one that cannot.
 * @param reach another Redis than that of the whole run
 * @param options.connections false where the same connections are tested with another engine
 */
export function describeEngine(engine: EngineUnderTest, reach?: Reach, {connections = true} = {}): void {
  describe(`a queue of kind ${engine.kind}`, () => {
    const tests = useEngine(engine, reach)

    it('says what it is and what it can do', async () => {
      const {engine: opened, name} = await tests.queueOf()
      expect(opened).toMatchObject({kind: engine.kind, name, can: engine.can})
    })

    for (const describeGroup of GROUPS) describeGroup(tests)
    if (connections) for (const describeGroup of OF_CONNECTIONS) describeGroup(tests)
  })
}
