# An agent that asks its provider for events, as its settings say, and prints what comes; with `env`, its environment.
if [[ ${1-} == env ]]; then
  env
  exit
fi
[[ ${1-} != --version ]] || exit 0
url=${ANTHROPIC_BASE_URL#http://} body='{"model":"claude-sonnet-4-5","max_tokens":50,"stream":true}'
address=${url%%/*}
exec 3<>"/dev/tcp/${address%:*}/${address#*:}"
printf '%s\r\n' "POST /${url#*/}/v1/messages HTTP/1.1" 'host: bridge' 'connection: close' "x-api-key: $ANTHROPIC_API_KEY" \
  'content-type: application/json' "content-length: ${#body}" '' >&3
printf '%s' "$body" >&3
while IFS= read -r line <&3; do echo "$line"; done
