import {ReplyError} from 'ioredis'
import {expect, it} from 'vitest'
import {chooseHolder, chooseHolders} from '../../../src/redis/cluster/choose-holder.ts'

const at = (port: number) => ({host: 'h', port})
const map = {
  ranges: [{first: 0, last: 99, primary: at(1), replicas: [at(2)]}],
  answeredBy: at(1),
}

it('chooses who holds a slot in a role', () => {
  expect(chooseHolder(map, 7, 'primary')).toEqual(at(1))
  expect(chooseHolder(map, 7, 'replica')).toEqual(at(2))
  expect(chooseHolders(map, 'primary', () => false)).toEqual([at(1)])
})

it('says that a slot is nobody’s, and does not take a cluster without slots for an empty one', () => {
  expect(() => chooseHolder(map, 100, 'primary')).toThrow(
    new ReplyError('CLUSTERDOWN no node serves slot 100'),
  )
  expect(() => chooseHolders({...map, ranges: []}, 'primary', () => false)).toThrow(
    'CLUSTERDOWN no node serves any slot',
  )
})

it('says it as a node does, so that a person is told what to do', () => {
  expect(() => chooseHolder(map, 100, 'primary')).toThrow(ReplyError)
})
