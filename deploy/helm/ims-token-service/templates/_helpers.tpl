{{/* The start of every name: 46 characters at most, so that the longest name fits into 63. */}}
{{- define "ims-token-service.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- else if contains (default .Chart.Name .Values.nameOverride) .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The selector of a pod; the role is added as app.kubernetes.io/component. */}}
{{- define "ims-token-service.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ims-token-service.labels" -}}
{{ include "ims-token-service.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "ims-token-service.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "ims-token-service.callersConfigMap" -}}
{{- if .Values.callers.existingConfigMap -}}
{{- .Values.callers.existingConfigMap -}}
{{- else -}}
{{- include "ims-token-service.fullname" . -}}-callers
{{- end -}}
{{- end -}}

{{/* The environment of both roles. */}}
{{- define "ims-token-service.sharedEnv" -}}
{{- if .Values.secretsAsFiles }}
- name: REDIS_URL_FILE
  value: /etc/ims-token-service/secrets/REDIS_URL
- name: TOKEN_ENCRYPTION_KEYS_FILE
  value: /etc/ims-token-service/secrets/TOKEN_ENCRYPTION_KEYS
{{- else }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: REDIS_URL }
- name: TOKEN_ENCRYPTION_KEYS
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: TOKEN_ENCRYPTION_KEYS }
{{- end }}
{{- if .Values.redis.passwordSecret }}
- name: REDIS_PASSWORD_FILE
  value: /etc/ims-token-service/redis-password/password
{{- end }}
{{- if .Values.redis.clientTlsSecret }}
- name: REDIS_CERT_FILE
  value: /etc/ims-token-service/redis-client/tls.crt
- name: REDIS_KEY_FILE
  value: /etc/ims-token-service/redis-client/tls.key
{{- end }}
- name: REDIS_KEY_PREFIX
  value: {{ .Values.redis.keyPrefix | quote }}
{{- if .Values.redis.caConfigMap }}
- name: REDIS_CA_FILE
  value: /etc/ims-token-service/redis/ca.pem
{{- end }}
{{- if .Values.peers.enabled }}
- name: PEERS
  value: {{ printf "%s-peers.%s.svc:3000" (include "ims-token-service.fullname" .) .Release.Namespace | quote }}
{{- end }}
{{- if .Values.tokenCache.enabled }}
- name: TOKEN_CACHE_DIR
  value: /var/cache/ims-token-service/tokens
{{- end }}
- name: METRICS_PORT
  value: {{ .Values.metrics.port | quote }}
- name: MIN_SERVE_SECONDS
  value: {{ .Values.minServeSeconds | quote }}
- name: KEEP_ALIVE_SECONDS
  value: {{ .Values.keepAliveSeconds | quote }}
- name: LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
{{- range $name, $value := .Values.extraEnv }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* The files of both roles. Folders, not single files: a file that is mounted alone never changes. */}}
{{- define "ims-token-service.sharedMounts" -}}
{{- if .Values.secretsAsFiles }}
- { name: secrets, mountPath: /etc/ims-token-service/secrets, readOnly: true }
{{- end }}
{{- if .Values.tokenCache.enabled }}
- { name: token-cache, mountPath: /var/cache/ims-token-service }
{{- end }}
{{- if .Values.redis.caConfigMap }}
- { name: redis-ca, mountPath: /etc/ims-token-service/redis, readOnly: true }
{{- end }}
{{- if .Values.redis.clientTlsSecret }}
- { name: redis-client, mountPath: /etc/ims-token-service/redis-client, readOnly: true }
{{- end }}
{{- if .Values.redis.passwordSecret }}
- { name: redis-password, mountPath: /etc/ims-token-service/redis-password, readOnly: true }
{{- end }}
{{- end -}}

{{/* The volumes of both roles. Mode 288 is 0440: the group of the process may read. */}}
{{- define "ims-token-service.sharedVolumes" -}}
{{- if .Values.secretsAsFiles }}
- name: secrets
  secret:
    secretName: {{ .Values.existingSecret }}
    defaultMode: 288
    items:
      - { key: REDIS_URL, path: REDIS_URL }
      - { key: TOKEN_ENCRYPTION_KEYS, path: TOKEN_ENCRYPTION_KEYS }
{{- end }}
{{- if .Values.tokenCache.enabled }}
# The mode of the folder itself is 0777: the service makes its own one inside.
- name: token-cache
  emptyDir: { sizeLimit: {{ .Values.tokenCache.sizeLimit }} }
{{- end }}
{{- if .Values.redis.caConfigMap }}
- name: redis-ca
  configMap: { name: {{ .Values.redis.caConfigMap }} }
{{- end }}
{{- if .Values.redis.clientTlsSecret }}
- name: redis-client
  secret: { secretName: {{ .Values.redis.clientTlsSecret }}, defaultMode: 288 }
{{- end }}
{{- if .Values.redis.passwordSecret }}
- name: redis-password
  secret: { secretName: {{ .Values.redis.passwordSecret }}, defaultMode: 288 }
{{- end }}
{{- end -}}

{{/* The part of the container that both roles share. */}}
{{- define "ims-token-service.container" -}}
image: {{ include "ims-token-service.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
# As in the image: SIGUSR1 must not open Node's inspector.
command: [node, --disable-sigusr1, dist/apps/token-service/src/main.js]
ports:
  - { name: http, containerPort: 3000 }
  - { name: metrics, containerPort: {{ .Values.metrics.port }} }
# Callers can't use up the connections of the metrics port.
startupProbe:
  httpGet: { path: /livez, port: metrics }
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /livez, port: metrics }
  periodSeconds: 10
  timeoutSeconds: 3
readinessProbe:
  httpGet: { path: /readyz, port: metrics }
  periodSeconds: 5
  timeoutSeconds: 3
lifecycle:
  # SIGTERM closes the port at once: the cluster must route callers elsewhere first.
  preStop:
    exec:
      command: [node, -e, 'setTimeout(() => {}, {{ .Values.drainSeconds }} * 1000)']
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* The part of the pod that both roles share. */}}
{{- define "ims-token-service.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Prometheus: pods with its labels, in its namespaces. */}}
{{- define "ims-token-service.metricsIngress" -}}
- ports:
    - { port: metrics, protocol: TCP }
  from:
    {{- range .Values.networkPolicy.metricsNamespaces }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
      podSelector:
        matchLabels:
          {{- toYaml $.Values.networkPolicy.metricsPodLabels | nindent 10 }}
    {{- end }}
{{- end -}}

{{/* HTTPS: to the peers, or to every address. With Cilium its own policy allows host names instead. */}}
{{- define "ims-token-service.httpsEgress" -}}
{{- if not .Values.networkPolicy.cilium.enabled }}
- ports:
    - { port: 443, protocol: TCP }
  {{- with .Values.networkPolicy.httpsPeers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* DNS through the proxy of Cilium, which learns the addresses of host names from the answers. */}}
{{- define "ims-token-service.dnsProxyEgress" -}}
- toEndpoints:
    - matchLabels:
        k8s:io.kubernetes.pod.namespace: kube-system
        k8s-app: kube-dns
  toPorts:
    - ports:
        - { port: '53', protocol: ANY }
      rules:
        dns:
          - matchPattern: '*'
{{- end -}}

{{/* The pods of both roles, for each other. */}}
{{- define "ims-token-service.peersIngress" -}}
{{- if .Values.peers.enabled }}
- ports:
    - { port: http, protocol: TCP }
  from:
    - podSelector:
        matchLabels:
          {{- include "ims-token-service.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end -}}

{{/* DNS, Redis and the other pods. */}}
{{- define "ims-token-service.sharedEgress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
- ports:
    - { port: {{ .Values.redis.port }}, protocol: TCP }
  {{- with .Values.networkPolicy.redisPeers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if .Values.peers.enabled }}
- ports:
    - { port: http, protocol: TCP }
  to:
    - podSelector:
        matchLabels:
          {{- include "ims-token-service.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end -}}
