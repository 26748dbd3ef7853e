import type {Cursor} from './cursor.ts'
import type {PickleStack} from './stack.ts'
import {isList, isObject, type PickleObject, type PickleValue} from './value.ts'

/** Opcode → what it does with classes and their objects: they are named, and nothing is called. */
export const OBJECTS: Record<number, (stack: PickleStack, from: Cursor) => void> = {
  /* GLOBAL */ 99: (stack, from) => stack.push(named(`${from.line()}.${from.line()}`)),
  /* STACK_GLOBAL */ 147(stack) {
    const [module, name] = stack.popSeveral(2)
    stack.push(named(`${module}.${name}`))
  },
  /* REDUCE */ 82: made,
  /* NEWOBJ */ 129: made,
  /* NEWOBJ_EX */ 146: (stack) => stack.push(objectOf(stack.popSeveral(3)[0])),
  /* BUILD */ 98(stack) {
    const [object] = stack.popSeveral(2)
    stack.push(objectOf(object))
  },
  /* INST */ 105(stack, from) {
    stack.marked()
    stack.push(named(`${from.line()}.${from.line()}`))
  },
  /* OBJ */ 111: (stack) => stack.push(objectOf(stack.marked()[0])),
  /* EMPTY_SET */ 143: (stack) => stack.push(named('builtins.set')),
  /* FROZENSET */ 145(stack) {
    stack.marked()
    stack.push(named('builtins.frozenset'))
  },
  /* PERSID */ 80(stack, from) {
    from.line()
    stack.push(named('something outside the pickle'))
  },
  /* BINPERSID */ 81(stack) {
    stack.pop()
    stack.push(named('something outside the pickle'))
  },
  /* EXT1 */ 130: (stack, from) => extension(stack, from, 1),
  /* EXT2 */ 131: (stack, from) => extension(stack, from, 2),
  /* EXT4 */ 132: (stack, from) => extension(stack, from, 4),
}

function made(stack: PickleStack): void {
  const [maker, given] = stack.popSeveral(2)
  stack.push(bytesOf(maker, given) ?? objectOf(maker))
}

function extension(stack: PickleStack, from: Cursor, size: number): void {
  stack.push(named(`the extension ${from.take(size).toString('hex')}`))
}

function named(name: string): PickleObject {
  return {kind: 'object', name}
}

function objectOf(maker: PickleValue | undefined): PickleObject {
  return maker !== undefined && isObject(maker) ? maker : named('an unknown class')
}

const EMPTY_BYTES = ['__builtin__.bytes', 'builtins.bytes']

/** Bytes, which protocols 0 to 2 write as a call that makes them of a text. */
function bytesOf(maker: PickleValue, given: PickleValue): Buffer | undefined {
  if (!isObject(maker) || !isList(given)) return undefined
  const [text, encoding] = given.values
  if (maker.name === '_codecs.encode' && typeof text === 'string' && encoding === 'latin1') {
    return Buffer.from(text, 'latin1')
  }
  return EMPTY_BYTES.includes(maker.name) && given.values.length === 0 ? Buffer.alloc(0) : undefined
}
