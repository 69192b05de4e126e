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
- name: REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: REDIS_URL }
- name: TOKEN_ENCRYPTION_KEYS
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: TOKEN_ENCRYPTION_KEYS }
- name: REDIS_KEY_PREFIX
  value: {{ .Values.redis.keyPrefix | quote }}
{{- if .Values.redis.caConfigMap }}
- name: REDIS_CA_FILE
  value: /etc/ims-token-service/redis/ca.pem
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

{{/* The namespaces of Prometheus. */}}
{{- define "ims-token-service.metricsIngress" -}}
- ports:
    - { port: metrics, protocol: TCP }
  from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: prometheus
    {{- range .Values.networkPolicy.metricsNamespaces }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
    {{- end }}
{{- end -}}

{{/* DNS and Redis. */}}
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
{{- end -}}
