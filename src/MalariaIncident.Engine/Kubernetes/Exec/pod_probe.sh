# Probe of MalariaIncident for containers without python3: does the address take connections? Changes nothing; prints no secret.
source=address url=$2
if [ -n "$1" ]; then own=$(printenv "$1"); if [ -n "$own" ]; then source=variable url=$own; fi; fi
scheme=${url%%://*} rest=${url#*://}
rest=${rest%%/*}; rest=${rest%%\?*}; rest=${rest##*@}
host=${rest%:*} port=${rest##*:}
case $scheme in redis*) usual=6379;; https) usual=443;; http) usual=80;; *) usual=5432;; esac
if [ "$host" = "$rest" ]; then port=$usual; fi
host=${host#[} host=${host%]}
say() { printf 'malaria-incident\t%s\t%s\t%s\t%s\n' "$1" "$host:$port" "$source" "$2"; if [ "$1" = up ]; then exit 0; else exit 1; fi; }
if [ -z "$host" ]; then port=; say unknown 'no address'; fi
if command -v bash >/dev/null 2>&1; then
	limit=; if command -v timeout >/dev/null 2>&1; then limit="timeout $3"; fi
	told=$($limit bash -c 'exec 3<>"/dev/tcp/$1/$2"' probe "$host" "$port" 2>&1) && say up 'takes connections; more was not asked'
elif command -v nc >/dev/null 2>&1; then
	told=$(nc -z -v -w "$3" "$host" "$port" 2>&1) && say up 'takes connections; more was not asked'
else
	exit 125
fi
status=$?
case $told in *refused*) say refused 'connection refused';; *resol*|*"not known"*|*"bad address"*) say unresolved 'the name is not known';; esac
if [ "$status" = 124 ]; then say timeout 'no connection in time'; fi
say unroutable 'no connection'
