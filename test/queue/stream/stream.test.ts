import {describeEngine} from '../conformance.ts'
import {STREAM_UNDER_TEST} from './under-test.ts'

describeEngine(STREAM_UNDER_TEST)
