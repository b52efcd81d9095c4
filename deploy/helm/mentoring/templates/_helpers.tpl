{{- define "mentoring.name" -}}
{{- if contains "mentoring" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-mentoring" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "mentoring.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{/* Labels by which pods are chosen; `component` is a service, or what stands beside them. */}}
{{- define "mentoring.selector" -}}
app.kubernetes.io/name: mentoring
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "mentoring.labels" -}}
{{ include "mentoring.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Labels by which the network knows a pod: `helm test` asks as the service that it looks at. */}}
{{- define "mentoring.network" -}}
app.kubernetes.io/name: mentoring
app.kubernetes.io/instance: {{ .root.Release.Name }}
mentoring.network/as: {{ .component }}
{{- end }}

{{- define "mentoring.pod" -}}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "mentoring.confined" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* What a process of a service is told: what all are, what it alone is, and its secrets as files. */}}
{{- define "mentoring.told" }}
env:
  {{- range $name, $value := .service.settings }}
  - {name: {{ $name }}, value: {{ $value | toString | quote }}}
  {{- end }}
  {{- if ne .component "gateway" }}
  - {name: MENTORING_CLIENT_ID, value: mentoring-{{ .component }}}
  {{- end }}
  - {name: MENTORING_SECRETS_DIR, value: /run/secrets/mentoring}
envFrom:
  - configMapRef: {name: {{ include "mentoring.name" .root }}}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: secrets, mountPath: /run/secrets/mentoring, readOnly: true}
{{- end }}

{{- define "mentoring.volumes" -}}
volumes:
  - {name: tmp, emptyDir: {}}
  - name: secrets
    # The gateway has one where the brokers ask for a password, and no other secret.
    secret: {secretName: {{ .root.Values.secrets.name | replace "{service}" .component }}, defaultMode: 0440, optional: {{ eq .component "gateway" }}}
{{- end }}

{{/* The services with a database: all but the gateway. */}}
{{- define "mentoring.withData" -}}
applications matching sessions evaluation integrations
{{- end }}
