import {describeEngine} from '../conformance.ts'
import {ZSET_UNDER_TEST} from './under-test.ts'

describeEngine(ZSET_UNDER_TEST)
