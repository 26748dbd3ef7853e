import {expect, it} from 'vitest'
import {MappingWatch} from '../../src/worker/mapping-watch.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it('warns once of workers that write in another way, and again if the ways change', async () => {
  const {engine} = context.newQueue()
  const state = {
    host: 'h',
    workers: 1,
    version: '1',
    recordsPerSecond: 0,
    postgres: 'closed',
    redis: 'closed',
  }
  const report = (pid: number, mapping: string) =>
    engine.reportWorker({...state, name: `h:${pid}:abcd`, pid, mapping})
  const warned: string[] = []
  const watch = new MappingWatch(engine, (text) => warned.push(text))
  await report(1, 'public.a --records points')
  await report(2, 'public.a --records points')
  await watch.look()
  expect(warned).toEqual([])
  await report(3, 'public.b --records points')
  await watch.look()
  // A restart writes in the same way
  await report(4, 'public.b --records points')
  await watch.look()
  expect(warned).toEqual([
    expect.stringMatching(
      /^WARNING: workers of this queue write in different ways.*h:1, h:2 public\.a.*; h:3 public\.b/,
    ),
  ])
  await report(5, 'public.c --records points')
  await watch.look()
  expect(warned).toHaveLength(2)
  watch.stop()
})
