import {describeEngine} from '../conformance.ts'
import {SHARDED_UNDER_TEST} from './under-test.ts'

describeEngine(SHARDED_UNDER_TEST)
