"""Prints jobs as RQ writes them into Redis. Usage: /usr/bin/python3 make-rq.py REDIS_URL (an empty database)"""
import base64, datetime, json, pickle, sys
import redis
from rq import Queue
from rq.serializers import JSONSerializer
import captured_jobs as jobs

client = redis.Redis.from_url(sys.argv[1])
taken = []


def serializer(protocol):
    class Pickled:
        dumps = staticmethod(lambda *args: pickle.dumps(*args, protocol=protocol))
        loads = staticmethod(pickle.loads)

    return Pickled


def take(name, queue):
    job = client.lpop(queue.key)
    fields = client.hgetall(b'rq:job:' + job)
    kept = {key.decode(): base64.b64encode(value).decode() for key, value in fields.items()}
    taken.append({'name': name, 'item': base64.b64encode(job).decode(), 'fields': kept})


def send(name, *args, function=jobs.save, serializer=None, options={}, **kwargs):
    queue = Queue('captured', connection=client, serializer=serializer)
    queue.enqueue(function, *args, **options, **kwargs)
    take(name, queue)


EXACT = dict(big=9007199254740993, negative=-(2**70), text='\u00e9\u2028\U0001f6e9\n\\u0041"\'', tiny=1e-7, whole=2.0, third=1 / 3, large=1e22, none=None, yes=True, no=False, raw=b'\x00\xffab', empty=b'', nested={'list': [1, (2, 3), {}], 'long': 'x' * 300})
for protocol in range(6):
    send(f'kwargs, protocol {protocol}', serializer=serializer(protocol), **EXACT)
send('kwargs', **EXACT)
send('JSON', serializer=JSONSerializer, big=9007199254740993, half=1.5, text='\u00e9')
send('JSON, positional', {'n': 1}, serializer=JSONSerializer)
send('positional object', {'n': 1})
send('list of objects', [{'n': 1}, {'n': 2}])
send('two objects', {'n': 1}, {'n': 2})
send('only scalars', 1, 'two')
send('object of a class beside', jobs.Point(1.5), {'n': 1})
send('only an object of a class', jobs.Point(1.5))
send('object of a class in the record', {'n': 1, 'point': jobs.Point(1.5)})
send('time in the record', n=1, at=datetime.datetime(2026, 1, 2))
send('set in the record', n=1, tags={1, 2})
send('nan', lat=float('nan'))
send('nan beside', float('nan'), {'n': 1})
send('method of an object', {'n': 1}, function=jobs.Point(1.5).save)
send('integer keys', {1: 2})
same = ['x'] * 10
for _ in range(8):
    same = [same] * 10
send('bomb', {'n': same})
send('callback', {'n': 1}, options={'on_success': jobs.save})
print(json.dumps(taken, indent=1))
