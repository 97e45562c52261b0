-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about how oVirt machines are configured, under Forklift's ids.
-- An unknown of a rule whose severity is info is not reported.

-- RULE ovirt.memory.ballooning.enabled
-- severity: info
-- category: Information
-- title: Memory ballooning is on
-- why: KubeVirt does not take memory back from machines by itself.
-- remedy: Plan the destination's memory without it.
-- source: Forklift, validation policy ballooned_memory.rego
SELECT 'fail', 'vm', ref, name, NULL, 'memory ballooning is on'
FROM subject WHERE type = 'ovirt' AND ballooned = 1;

-- RULE ovirt.bios.boot_menu.enabled
-- severity: info
-- category: Warning
-- title: The boot menu is on
-- why: The setting is not taken over.
-- remedy: Nothing is needed.
-- source: Forklift, validation policy bios_boot_menu.rego
SELECT 'fail', 'vm', ref, name, NULL, 'its boot menu is on'
FROM subject WHERE type = 'ovirt' AND boot_menu = 1;

-- RULE ovirt.cpu.custom_model.detected
-- severity: warning
-- category: Warning
-- title: The machine has a processor model of its own
-- why: The model is not taken over; a guest that depends on its features may not run.
-- remedy: Set spec.domain.cpu.model after the migration, or have Forklift keep the cluster's model
--   (preserveClusterCpuModel).
-- source: Forklift, validation policy cpu_custom_model.rego
SELECT iif(custom_cpu IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(custom_cpu IS NULL, 'no export tells whether it has a processor model of its own; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'its processor model is ''' || custom_cpu || '''')
FROM subject WHERE type = 'ovirt' AND custom_cpu IS NOT '';

-- RULE ovirt.cpu.pinning_policy.unsupported
-- severity: warning
-- category: Warning
-- title: KubeVirt does not know the machine's pinning policy
-- why: Processors pinned by resize_and_pin_numa or isolate_threads are not pinned likewise there.
-- remedy: Set another policy, and ask for dedicated processors after the migration.
-- source: Forklift, validation policy cpu_policy.rego
SELECT iif(cpu_pinning IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(cpu_pinning IS NULL, 'no export tells its pinning policy; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'its pinning policy is ''' || cpu_pinning || '''')
FROM subject WHERE type = 'ovirt' AND (cpu_pinning IS NULL
	OR instr(cpu_pinning, 'resize_and_pin_numa') OR instr(cpu_pinning, 'isolate_threads'));

-- RULE ovirt.cpu.shares.defined
-- severity: info
-- category: Warning
-- title: The machine has shares of the processors
-- why: KubeVirt weighs machines by their requests, not by shares.
-- remedy: Set CPU requests after the migration.
-- source: Forklift, validation policy cpu_shares.rego
SELECT 'fail', 'vm', ref, name, NULL, 'it has ' || cpu_shares || ' CPU shares'
FROM subject WHERE type = 'ovirt' AND cpu_shares > 0;

-- RULE ovirt.cpu.tuning.detected
-- severity: warning
-- category: Warning
-- title: The machine is pinned to processors
-- why: KubeVirt does not take over which processors a machine may run on.
-- remedy: Remove the pinning, or ask for dedicated processors after the migration.
-- source: Forklift, validation policy cpu_tune.rego
SELECT iif(cpu_affinity IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(cpu_affinity IS NULL, 'no export tells whether it is pinned to processors; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'it is pinned to processors (' || cpu_affinity || ' pins)')
FROM subject WHERE type = 'ovirt' AND cpu_affinity IS NOT 0;

-- RULE ovirt.numa.tuning.detected
-- severity: warning
-- category: Warning
-- title: The machine is pinned to NUMA nodes
-- why: The pinning is not taken over, and memory may lie further away from the processors.
-- remedy: Remove it, or ask for NUMA passthrough (guestMappingPassthrough) after the migration.
-- source: Forklift, validation policy numa_tune.rego
-- note: Never fires in Forklift, which never fills the field; here where an export has it, and it
--   is never unknown, since common exports do not.
SELECT 'fail', 'vm', ref, name, NULL, 'it is pinned to NUMA nodes (' || numa_affinity || ' of them)'
FROM subject WHERE type = 'ovirt' AND numa_affinity > 0;

-- RULE ovirt.vm.custom_properties.detected
-- severity: warning
-- category: Warning
-- title: The machine has custom properties
-- why: What hooks of the hosts make of them does not happen on the destination.
-- remedy: See what they do, and configure the like after the migration.
-- source: Forklift, validation policy custom_properties.rego
SELECT iif(properties IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(properties IS NULL, 'no export tells whether it has custom properties; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'it has ' || properties || ' custom properties')
FROM subject WHERE type = 'ovirt' AND properties IS NOT 0;

-- RULE ovirt.display_type.spice.enabled
-- severity: info
-- category: Information
-- title: The display is SPICE
-- why: KubeVirt has VNC alone; what SPICE adds (USB redirection, clipboards) is gone.
-- remedy: Nothing is needed.
-- source: Forklift, validation policy display_type.rego
SELECT 'fail', 'vm', ref, name, NULL, 'its display is SPICE'
FROM subject WHERE type = 'ovirt' AND display = 'spice';

-- RULE ovirt.host_devices.mapped
-- severity: warning
-- category: Warning
-- title: Devices of the host are passed through
-- why: They stay behind.
-- remedy: Remove them; give the machine devices of a node after the migration.
-- source: Forklift, validation policy host_devices.rego
SELECT iif(host_devices IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(host_devices IS NULL, 'no export tells whether devices of its host are passed through; a '
		|| 'Forklift inventory (detail=all) or /ovirt-engine/api/vms?follow=host_devices would',
		host_devices || ' devices of its host are passed through')
FROM subject WHERE type = 'ovirt' AND host_devices IS NOT 0;

-- RULE ovirt.iothreads.configured
-- severity: info
-- category: Information
-- title: The machine has several I/O threads
-- why: Their number is not taken over.
-- remedy: Set ioThreadsPolicy after the migration where it matters.
-- source: Forklift, validation policy io_threads.rego
SELECT 'fail', 'vm', ref, name, NULL, 'it has ' || io_threads || ' I/O threads'
FROM subject WHERE type = 'ovirt' AND io_threads > 1;

-- RULE ovirt.usb.enabled
-- severity: warning
-- category: Warning
-- title: USB is on
-- why: USB devices of hosts or clients are not taken over.
-- remedy: See that nothing depends on one, and turn USB off.
-- source: Forklift, validation policy usb.rego
SELECT iif(usb IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(usb IS NULL, 'no export tells whether USB is on; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would', 'USB is on')
FROM subject WHERE type = 'ovirt' AND usb IS NOT 0;

-- RULE ovirt.watchdog.enabled
-- severity: warning
-- category: Warning
-- title: The machine has a watchdog
-- why: It is not taken over; a guest that hangs will not be reset.
-- remedy: Add a watchdog after the migration.
-- source: Forklift, validation policy watchdog.rego
SELECT iif(watchdogs IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(watchdogs IS NULL, 'no export tells whether it has a watchdog; a Forklift '
		|| 'inventory (detail=all) or /ovirt-engine/api/vms?follow=watchdogs would',
		'it has a watchdog')
FROM subject WHERE type = 'ovirt' AND watchdogs IS NOT 0;
