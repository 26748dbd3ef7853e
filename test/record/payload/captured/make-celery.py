"""Prints messages as Celery writes them into Redis. Usage: /usr/bin/python3 make-celery.py REDIS_URL (an empty database)"""
import base64, datetime, decimal, json, sys, uuid
import redis
from celery import Celery

url = sys.argv[1]
client = redis.Redis.from_url(url)
taken = []


def application(protocol):
    app = Celery('captured', broker=url)
    app.conf.task_protocol = protocol

    @app.task(name='tracks.save')
    def save(*args, **kwargs):
        pass

    return save


def take(name, key='celery'):
    item = client.rpop(key)
    taken.append({'name': name, 'item': base64.b64encode(item).decode()})


def send(name, *args, key='celery', task=application(2), options={}, **kwargs):
    task.apply_async(args=args, kwargs=kwargs, **options)
    take(name, key)


EXACT = dict(big=9007199254740993, half=decimal.Decimal('1.10'), text='\u00e9\u2028\U0001f6e9', at=datetime.datetime(2026, 1, 2, 3, 4, 5, 678901), id=uuid.UUID(int=5), tiny=1e-7, whole=2.0, none=None, yes=True)
save = application(2)
send('kwargs', **EXACT)
send('positional object', {'lat': 1.5})
send('list of objects', [{'n': 1}, {'n': 2}])
send('envelope in kwargs', points=[{'n': 1}, {'n': 2}])
send('scalar beside the object', 5, {'n': 1})
send('two objects', {'n': 1}, {'n': 2})
send('object and kwargs', {'n': 1}, retry=True)
send('only scalars', 1, 'two')
send('nothing')
send('nan', lat=float('nan'))
send('priority', n=1, options={'priority': 3}, key='celery\x06\x163')
send('pickle', options={'serializer': 'pickle'}, n=1)
send('yaml', options={'serializer': 'yaml'}, n=1)
send('zlib', options={'compression': 'zlib'}, **EXACT)
send('bzip2', options={'compression': 'bzip2'}, n=1)
send('protocol 1 kwargs', task=application(1), n=1)
send('protocol 1 positional', {'n': 1}, task=application(1))
send('link', {'n': 1}, options={'link': save.s()})
send('link error', {'n': 1}, options={'link_error': save.s()})
(save.s({'n': 1}) | save.si()).apply_async()
take('chain')
send('eta', options={'countdown': 60}, n=1)
print(json.dumps(taken, indent=1))
