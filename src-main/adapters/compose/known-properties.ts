const TOP = ['name', 'services', 'networks', 'volumes', 'secrets', 'configs', 'include', 'version'];

const SERVICE = [
  'annotations', 'attach', 'blkio_config', 'build', 'cap_add', 'cap_drop', 'cgroup', 'cgroup_parent', 'command', 'configs', 'container_name', 'cpu_count',
  'cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpus', 'cpuset', 'credential_spec', 'depends_on', 'deploy',
  'develop', 'device_cgroup_rules', 'devices', 'dns', 'dns_opt', 'dns_search', 'domainname', 'entrypoint', 'env_file', 'environment', 'expose', 'extends',
  'external_links', 'extra_hosts', 'gpus', 'group_add', 'healthcheck', 'hostname', 'image', 'init', 'ipc', 'isolation', 'labels', 'links', 'logging',
  'mac_address', 'mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'network_mode', 'networks', 'oom_kill_disable', 'oom_score_adj', 'pid',
  'pids_limit', 'platform', 'ports', 'post_start', 'pre_stop', 'privileged', 'profiles', 'provider', 'pull_policy', 'read_only', 'restart', 'runtime',
  'scale', 'secrets', 'security_opt', 'shm_size', 'stdin_open', 'stop_grace_period', 'stop_signal', 'storage_opt', 'sysctls', 'tmpfs', 'tty', 'ulimits',
  'user', 'userns_mode', 'uts', 'volumes', 'volumes_from', 'working_dir',
];

const BELOW_SERVICE: Readonly<Record<string, readonly string[]>> = {
  healthcheck: ['disable', 'interval', 'retries', 'start_interval', 'start_period', 'test', 'timeout'],
  build: [
    'additional_contexts', 'args', 'cache_from', 'cache_to', 'context', 'dockerfile', 'dockerfile_inline', 'entitlements', 'extra_hosts', 'isolation', 'labels',
    'network', 'no_cache', 'platforms', 'privileged', 'pull', 'secrets', 'shm_size', 'ssh', 'tags', 'target', 'ulimits',
  ],
  deploy: ['endpoint_mode', 'labels', 'mode', 'placement', 'replicas', 'resources', 'restart_policy', 'rollback_config', 'update_config'],
  logging: ['driver', 'options'],
  depends_on: ['condition', 'required', 'restart'],
  networks: ['aliases', 'driver_opts', 'gw_priority', 'interface_name', 'ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address', 'priority'],
};

const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  networks: ['attachable', 'driver', 'driver_opts', 'enable_ipv4', 'enable_ipv6', 'external', 'internal', 'ipam', 'labels', 'name'],
  volumes: ['driver', 'driver_opts', 'external', 'labels', 'name'],
  secrets: ['driver', 'driver_opts', 'environment', 'external', 'file', 'labels', 'name', 'template_driver'],
  configs: ['content', 'environment', 'external', 'file', 'labels', 'name', 'template_driver'],
};

/** The properties that Compose knows below a path of its file, for finding what a mistyped one was meant to be. */
export function knownProperties(above: readonly string[]): readonly string[] {
  const [section, , part] = above;
  if (section === undefined) return TOP;
  if (section === 'services') return above.length === 2 ? SERVICE : (BELOW_SERVICE[part ?? ''] ?? []);
  return RESOURCES[section] ?? [];
}
