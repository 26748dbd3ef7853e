import {describe} from 'vitest'
import {describeEngine} from '../conformance.ts'
import {listUnderTest} from './under-test.ts'

describe.each(['left', 'right'] as const)('popped from the %s', (pops) => {
  describeEngine(listUnderTest(pops))
})
