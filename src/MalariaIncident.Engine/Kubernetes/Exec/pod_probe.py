# Probe of MalariaIncident: asks one dependency with what the pod has, and says on one line what it saw. Changes nothing; prints no secret.
import base64,hashlib,hmac,os,socket,ssl,struct,sys
from urllib import error,parse,request
kind,variable,given,limit=sys.argv[1:5]
limit=float(limit)
own=os.environ.get(variable,"") if variable else ""
u=parse.urlsplit(own or given)
ports={"redis":6379,"rediss":6379,"http":80,"https":443}
port=""
def say(state,detail):
	place="" if not u.hostname else "%s:%s"%(u.hostname,port)
	print("\t".join(("malaria-incident",state,place,"variable" if own else "address"," ".join(detail.split())[:200])))
	sys.exit(0 if state=="up" else 1)
def text(s):return parse.unquote(s or "")
def redis(s):
	f=s.makefile("rb")
	def ask(*words):
		s.sendall(b"*%d\r\n"%len(words)+b"".join(b"$%d\r\n%s\r\n"%(len(w.encode()),w.encode()) for w in words))
		return f.readline().decode("latin1").strip()
	user,word=text(u.username),text(u.password)
	if word:
		r=ask("AUTH",*([user] if user not in ("","default") else []),word)
		if r.startswith(("-WRONGPASS","-ERR invalid password")):say("credentials","AUTH was refused")
	r=ask("PING")
	if r.startswith("+PONG"):say("up","answers PING")
	if r.startswith("-NOAUTH"):say("credentials" if own else "up","asks for a password, and there is none to send")
	say("failing" if r else "lost","answers PING with "+(r.split(" ")[0] or "nothing"))
def postgres(s):
	s.sendall(struct.pack("!ii",8,80877103))
	b=s.recv(1)
	if b==b"S":
		c=ssl.create_default_context()
		c.check_hostname=False
		c.verify_mode=ssl.CERT_NONE
		s=c.wrap_socket(s)
	elif b!=b"N":say("failing" if b else "lost","does not speak PostgreSQL")
	f=s.makefile("rb")
	def put(t,b):s.sendall(t+struct.pack("!i",len(b)+4)+b)
	user,word,base=text(u.username),text(u.password).encode(),text(u.path[1:])
	if not user:say("up","speaks PostgreSQL; no login was tried")
	put(b"",struct.pack("!i",196608)+b"\0".join(x.encode() for x in ("user",user,"database",base or user))+b"\0\0")
	while True:
		h=f.read(5)
		if len(h)<5:say("lost","closed the connection during login")
		b=f.read(struct.unpack("!i",h[1:])[0]-4)
		if h[:1]==b"E":
			code=[x[1:].decode() for x in b.split(b"\0") if x[:1]==b"C"][0]
			say("credentials" if code[:2]=="28" else "failing","refused the login of %s (SQLSTATE %s)"%(user,code))
		n=struct.unpack("!i",b[:4])[0] if h[:1]==b"R" else -1
		if n==0:
			put(b"X",b"")
			say("up","let %s in"%user)
		elif n==3:put(b"p",word+b"\0")
		elif n==5:put(b"p",b"md5"+hashlib.md5(hashlib.md5(word+user.encode()).hexdigest().encode()+b[4:8]).hexdigest().encode()+b"\0")
		elif n==10:
			first=b"n=,r="+base64.b64encode(os.urandom(18))
			m=b"n,,"+first
			put(b"p",b"SCRAM-SHA-256\0"+struct.pack("!i",len(m))+m)
		elif n==11:
			p=dict(x.split(b"=",1) for x in b[4:].split(b","))
			k=hashlib.pbkdf2_hmac("sha256",word,base64.b64decode(p[b"s"]),int(p[b"i"]))
			k=hmac.new(k,b"Client Key","sha256").digest()
			last=b"c=biws,r="+p[b"r"]
			g=hmac.new(hashlib.sha256(k).digest(),first+b","+b[4:]+b","+last,"sha256").digest()
			put(b"p",last+b",p="+base64.b64encode(bytes(x^y for x,y in zip(k,g))))
		elif n not in (-1,12):say("up","speaks PostgreSQL; its way of login (%d) was not tried"%n)
class Stay(request.HTTPRedirectHandler):
	def redirect_request(self,*_):return None
try:
	port=u.port or ports.get(u.scheme,5432)
	if not u.hostname:say("unknown","no address")
	if kind=="External" and u.scheme!="tcp":
		try:code=request.build_opener(Stay).open(given,timeout=limit).status
		except error.HTTPError as e:code=e.code
		say("up" if 200<=code<400 else "credentials" if code in (401,403) else "failing","answered %d"%code)
	s=socket.create_connection((u.hostname,port),limit)
	if u.scheme=="rediss":s=ssl.create_default_context().wrap_socket(s,server_hostname=u.hostname)
	if kind=="Cache":redis(s)
	if kind=="Database":postgres(s)
	say("up","takes connections")
except Exception as e:
	if isinstance(e,error.URLError) and isinstance(e.reason,Exception):e=e.reason
	say("unresolved" if isinstance(e,socket.gaierror) else "timeout" if isinstance(e,socket.timeout) else "refused" if isinstance(e,ConnectionRefusedError)
		else "failing" if isinstance(e,(ssl.SSLError,ValueError)) else "lost" if isinstance(e,(ConnectionError,struct.error)) else "unroutable" if isinstance(e,OSError) else "error",type(e).__name__)
