import type {PickleStack} from './stack.ts'
import type {PickleDict, PickleList, PickleValue} from './value.ts'

/** Opcode → what it does with lists, tuples and dicts. */
export const CONTAINERS: Record<number, (stack: PickleStack) => void> = {
  /* MARK */ 40: (stack) => stack.mark(),
  /* EMPTY_LIST */ 93: (stack) => stack.push(list([])),
  /* EMPTY_TUPLE */ 41: (stack) => stack.push(list([])),
  /* LIST */ 108: (stack) => stack.push(list(stack.marked())),
  /* TUPLE */ 116: (stack) => stack.push(list(stack.marked())),
  /* TUPLE1 */ 133: (stack) => stack.push(list(stack.popSeveral(1))),
  /* TUPLE2 */ 134: (stack) => stack.push(list(stack.popSeveral(2))),
  /* TUPLE3 */ 135: (stack) => stack.push(list(stack.popSeveral(3))),
  /* APPEND */ 97: (stack) => stack.append(stack.popSeveral(1)),
  /* APPENDS */ 101: (stack) => stack.append(stack.marked()),
  /* ADDITEMS */ 144: (stack) => stack.append(stack.marked()),
  /* EMPTY_DICT */ 125: (stack) => stack.push(dict()),
  /* DICT */ 100(stack) {
    const pairs = stack.marked()
    stack.push(dict())
    stack.set(pairs)
  },
  /* SETITEM */ 115: (stack) => stack.set(stack.popSeveral(2)),
  /* SETITEMS */ 117: (stack) => stack.set(stack.marked()),
}

function list(values: PickleValue[]): PickleList {
  return {kind: 'list', values}
}

function dict(): PickleDict {
  return {kind: 'dict', members: new Map()}
}
