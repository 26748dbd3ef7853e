import {LatencyHistogram, type PackedHistogram} from '../measure/histogram.ts'
import type {OpenLoopResult} from '../measure/open-loop.ts'
import type {Validity} from '../measure/validity.ts'

/** What an agent measured, as plain data. */
export interface AgentReport {
  agent: number
  /** How far the clock of its host is behind that of Redis, ms. */
  offsetMs: number
  /** How far off its idea of the time of Redis may have been, ms. */
  uncertaintyMs: number
  /** How far the two clocks moved against each other, ms. */
  movedMs: number
  /** Why it sent nothing; undefined if it did. */
  unfit?: string
  measured?: Measured
}

export interface Measured
  extends Pick<
    OpenLoopResult,
    'seconds' | 'sent' | 'completed' | 'failed' | 'dropped' | 'perSecond' | 'load' | 'doubts'
  > {
  validity: Validity
  /** Message → how often. */
  errors: Array<[string, number]>
  histograms: Record<HistogramName, PackedHistogram>
  /** Its own numbers of the records that Redis confirmed, as ranges. */
  acked: number[]
  /** Second since the start, and its records without a row by then. */
  behind: Array<[number, number]>
  /** Peak memory of its process, bytes. */
  memory: number
}

/** An agent that measured something. */
export type Measuring = Pick<AgentReport, 'agent'> & {measured: Measured}

const HISTOGRAMS = ['corrected', 'raw', 'lag', 'late', 'replies', 'rawReplies'] as const
export type HistogramName = (typeof HISTOGRAMS)[number]

export type Histograms = Record<HistogramName, LatencyHistogram>

export function packHistograms(histograms: Histograms): Record<HistogramName, PackedHistogram> {
  return every((name) => histograms[name].pack())
}

/** The histograms of all agents as one. */
export function mergeHistograms(all: ReadonlyArray<Pick<Measured, 'histograms'>>): Histograms {
  return every((name) => {
    const merged = new LatencyHistogram()
    for (const {histograms} of all) merged.addAll(histograms[name])
    return merged
  })
}

function every<T>(make: (name: HistogramName) => T): Record<HistogramName, T> {
  return Object.fromEntries(HISTOGRAMS.map((name) => [name, make(name)])) as Record<HistogramName, T>
}
