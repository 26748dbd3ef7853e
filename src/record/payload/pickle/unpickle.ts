import {JobFault} from '../payload.ts'
import {CONTAINERS} from './containers.ts'
import {Cursor} from './cursor.ts'
import {OBJECTS} from './objects.ts'
import {SCALARS} from './scalars.ts'
import {PickleStack} from './stack.ts'
import type {PickleValue} from './value.ts'

const STOP = 0x2e

/**
 * Reads a pickle of protocol 0 to 5 without making anything but plain data: no class is looked up and nothing is
 * called, so that a hostile pickle does no harm. An object is known by the name of its class alone.
 * @throws JobFault for what is no pickle
 */
export function unpickle(bytes: Buffer): PickleValue {
  const from = new Cursor(bytes)
  const stack = new PickleStack()
  for (;;) {
    const opcode = from.take(1)[0]
    if (opcode === STOP) return stack.pop()
    const scalar = SCALARS[opcode]
    if (scalar) stack.push(scalar(from))
    else run(opcode, stack, from)
  }
}

type Step = (stack: PickleStack, from: Cursor) => void

function run(opcode: number, stack: PickleStack, from: Cursor): void {
  const step: Step | undefined = CONTAINERS[opcode] ?? OBJECTS[opcode] ?? OTHERS[opcode]
  if (!step) throw new JobFault('JOB', `the pickle has the unknown opcode 0x${opcode.toString(16)}`)
  step(stack, from)
}

/** Opcode → what it does with the stack and the memory. */
const OTHERS: Record<number, Step> = {
  /* PROTO */ 128: (_, from) => void from.take(1),
  /* FRAME */ 149: (_, from) => void from.take(8),
  /* POP */ 48: (stack) => void stack.pop(),
  /* POP_MARK */ 49: (stack) => void stack.marked(),
  /* DUP */ 50: (stack) => stack.push(stack.top()),
  /* MEMOIZE */ 148: (stack) => stack.remember(),
  /* PUT */ 112: (stack, from) => stack.remember(Number(from.line())),
  /* BINPUT */ 113: (stack, from) => stack.remember(from.unsigned(1)),
  /* LONG_BINPUT */ 114: (stack, from) => stack.remember(from.unsigned(4)),
  /* GET */ 103: (stack, from) => stack.recall(Number(from.line())),
  /* BINGET */ 104: (stack, from) => stack.recall(from.unsigned(1)),
  /* LONG_BINGET */ 106: (stack, from) => stack.recall(from.unsigned(4)),
}
