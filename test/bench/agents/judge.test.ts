import {describe, expect, it} from 'vitest'
import {type AgentOutcome, judgeAgent, judgeRun} from '../../../src/bench/agents/judge.ts'
import {type Measured, packHistograms} from '../../../src/bench/agents/report.ts'
import {LatencyHistogram} from '../../../src/bench/measure/histogram.ts'

const introduction = {host: 'db3', pid: 77, version: '1.0.0'}

function measured(changes: Partial<Measured> = {}): Measured {
  const one = new LatencyHistogram()
  one.record(3)
  const histograms = packHistograms({
    corrected: one,
    raw: one,
    lag: one,
    late: one,
    replies: one,
    rawReplies: one,
  })
  const counts = {sent: 1, completed: 1, failed: 0, dropped: 0}
  const load = {cpu: 12, busy: 0.2}
  const lists = {perSecond: [], errors: [], acked: [], behind: [], doubts: []}
  return {
    ...counts,
    ...lists,
    seconds: 10,
    load,
    histograms,
    validity: {state: 'valid'},
    memory: 1,
    ...changes,
  }
}

const clock = {offsetMs: -7200.5, uncertaintyMs: 0.2, movedMs: 0}
const judge = (outcome: Partial<AgentOutcome>) =>
  judgeAgent(
    {seconds: 10},
    {agent: 1, introduction, report: undefined, ended: undefined, isSilent: false, ...outcome},
  )

describe('an agent', () => {
  it('is valid with a clock that is hours off, since its times are corrected', () => {
    expect(judge({report: {agent: 1, ...clock, measured: measured()}})).toEqual({
      ...{agent: 2, host: 'db3', pid: 77, offsetMs: -7200.5, uncertaintyMs: 0.2},
      ...{sent: 1, lateMs: 3, cpu: 12, trouble: null},
    })
  })

  it.each<[string, Partial<AgentOutcome>, string]>([
    ['gave nothing', {}, 'it gave no result: it died, was stopped, or lost its connection'],
    ['was killed', {ended: 'SIGKILL'}, 'it gave no result: SIGKILL'],
    ['fell silent', {isSilent: true}, 'it was silent for 5 s: it died, was stopped, or lost its connection'],
    [
      'fell silent, though it reported later',
      {isSilent: true, report: {agent: 1, ...clock, measured: measured()}},
      'it was silent for 5 s: it died, was stopped, or lost its connection',
    ],
    [
      'came late',
      {report: {agent: 1, ...clock, unfit: 'it got the start signal 9 ms too late'}},
      'it got the start signal 9 ms too late',
    ],
    [
      'has an uncertain clock',
      {report: {agent: 1, ...clock, uncertaintyMs: 5.1, measured: measured()}},
      'its clock can be compared with that of Redis only to within 5.1 ms; 5 ms are allowed',
    ],
    [
      'saw the clock of Redis being set',
      {report: {agent: 1, ...clock, movedMs: 6, measured: measured()}},
      'the clock of Redis moved by 6.0 ms against its own',
    ],
    [
      'was saturated',
      {report: {agent: 1, ...clock, measured: measured({validity: {state: 'invalid', why: 'too slow'}})}},
      'too slow',
    ],
    [
      'was stopped',
      {report: {agent: 1, ...clock, measured: measured({seconds: 4})}},
      'it was stopped after 4.0 of 10 s',
    ],
  ])('that %s is invalid, and so is the run', (_name, outcome, why) => {
    const agent = judge(outcome)
    expect(agent.trouble).toBe(why)
    const own = {validity: {state: 'valid'} as const, uncertaintyMs: 0, movedMs: 0}
    expect(judgeRun([agent], own)).toEqual({state: 'invalid', why: `agent 2 (db3, pid 77): ${why}`})
  })

  it('is not the only one that counts: so is the coordinator', () => {
    const fine = judge({report: {agent: 1, ...clock, measured: measured()}})
    const own = {validity: {state: 'valid'} as const, uncertaintyMs: 0.1, movedMs: 0}
    expect(judgeRun([fine], own)).toEqual({state: 'valid'})
    expect(judgeRun([fine], {...own, uncertaintyMs: 12})).toMatchObject({
      why: 'the coordinator: its clock can be compared with that of Redis only to within 12.0 ms; 5 ms are allowed',
    })
    const held = {state: 'invalid', why: 'it was held up'} as const
    expect(judgeRun([fine], {...own, validity: held})).toMatchObject({why: 'the coordinator: it was held up'})
  })
})
