-- SPDX-License-Identifier: Apache-2.0
-- Guest operating systems: which run supported on the destination, and which virt-v2v converts.
--
-- certified: Red Hat's article 4234591, "Certified Guest Operating Systems in OpenShift
-- Virtualization", as others quoted it in September 2026; it changes with each release.  It
-- certifies 64-bit systems alone.  Older Windows is "known to run" there, SUSE, Oracle and Ubuntu
-- are supported by their vendors, RHEL 6 and CentOS 7 are deprecated: 0 here.
--
-- convertible: where the source is "manual", virt-v2v-support(1) lists it, or lists newer ones of
-- its kind alone; "code": convert/convert.ml of virt-v2v accepts it, or accepts no such kind, with
-- libguestfs's names of distributions; "article": Red Hat's 1351473, to which Forklift's own
-- vm_os.rego refers.  NULL: none of them says.

CREATE TABLE guest_os (
	os TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	certified INTEGER NOT NULL,
	convertible INTEGER,
	source TEXT NOT NULL          -- of convertible
) STRICT;

INSERT INTO guest_os VALUES
	('rhel10', 'Red Hat Enterprise Linux 10', 1, 1, 'article'),
	('rhel9', 'Red Hat Enterprise Linux 9', 1, 1, 'article'),
	('rhel8', 'Red Hat Enterprise Linux 8', 1, 1, 'article'),
	('rhel7', 'Red Hat Enterprise Linux 7', 1, 1, 'manual'),
	('rhel6', 'Red Hat Enterprise Linux 6', 0, 1, 'manual'),
	('rhel5', 'Red Hat Enterprise Linux 5', 0, 1, 'manual'),
	('rhel4', 'Red Hat Enterprise Linux 4', 0, 1, 'manual'),
	('rhel3', 'Red Hat Enterprise Linux 3', 0, 1, 'manual'),
	('rhel2', 'Red Hat Enterprise Linux 2.1', 0, 0, 'manual'),
	('redhat', 'Red Hat Linux', 0, 0, 'manual'),
	('centos', 'CentOS', 0, 1, 'manual'),
	('scientific', 'Scientific Linux', 0, 1, 'manual'),
	('oracle', 'Oracle Linux', 0, 1, 'manual'),
	('rocky', 'Rocky Linux', 0, 1, 'code'),
	('alma', 'AlmaLinux', 0, 1, 'code'), -- as "redhat-based"
	('fedora', 'Fedora', 0, 1, 'manual'),
	('sles', 'SUSE Linux Enterprise 10 or later', 0, 1, 'manual'),
	('sles9', 'SUSE Linux Enterprise 8 or 9', 0, 0, 'manual'),
	('opensuse', 'openSUSE', 0, 1, 'manual'),
	('debian', 'Debian 6 or later', 0, 1, 'manual'),
	('debian5', 'Debian 4 or 5', 0, 0, 'manual'),
	('ubuntu', 'Ubuntu', 0, 1, 'manual'),
	('mint', 'Linux Mint', 0, 1, 'code'),
	('kali', 'Kali Linux', 0, 1, 'code'),
	('alt', 'ALT Linux', 0, 1, 'manual'),
	('photon', 'VMware Photon OS', 0, 0, 'code'),
	('amazon', 'Amazon Linux', 0, 0, 'code'),
	('coreos', 'CoreOS Container Linux', 0, 0, 'code'),
	('mandriva', 'Mandriva, Mandrake or Mageia', 0, 0, 'code'),
	('arch', 'Arch Linux', 0, 0, 'code'),
	('gentoo', 'Gentoo', 0, 0, 'code'),
	('alpine', 'Alpine Linux', 0, 0, 'code'),
	('win2025', 'Windows Server 2025', 1, 1, 'article'),
	('win2022', 'Windows Server 2022', 1, 1, 'article'),
	('win2019', 'Windows Server 2019', 1, 1, 'article'),
	('win2016', 'Windows Server 2016', 1, 1, 'manual'),
	('win2012', 'Windows Server 2012 or 2012 R2', 0, 1, 'manual'),
	('win2008', 'Windows Server 2008 or 2008 R2', 0, 1, 'manual'),
	('win2003', 'Windows Server 2003', 0, 1, 'manual'),
	('win11', 'Windows 11', 1, 1, 'article'),
	('win10', 'Windows 10', 1, 1, 'manual'),
	('win10x86', 'Windows 10 (32-bit)', 0, 1, 'manual'),
	('win8', 'Windows 8 or 8.1', 0, 1, 'manual'),
	('win7', 'Windows 7', 0, 1, 'manual'),
	('vista', 'Windows Vista', 0, 1, 'manual'),
	('winxp', 'Windows XP', 0, 1, 'manual'),
	('win2000', 'Windows 2000 or older', 0, 0, 'manual'),
	('dos', 'MS-DOS', 0, 0, 'code'),
	('bsd', 'BSD', 0, 0, 'code'),
	('solaris', 'Solaris', 0, 0, 'code'),
	('macos', 'macOS', 0, 0, 'code'),
	('os2', 'OS/2 or eComStation', 0, 0, 'code'),
	('netware', 'NetWare', 0, 0, 'code'),
	('sco', 'SCO OpenServer or UnixWare', 0, 0, 'code'),
	('esxi', 'VMware ESXi', 0, 0, 'code'),
	('power', 'a system for POWER', 0, NULL, 'manual'),
	('z', 'a system for IBM Z', 0, NULL, 'manual');

-- Words of the exports, in lower case and with a blank behind them; of those that match, the
-- first counts.
CREATE TABLE guest_os_word (
	id INTEGER PRIMARY KEY,
	scheme TEXT NOT NULL,         -- 'vsphere': guest id; 'ovirt': os type; 'name': of either
	pattern TEXT NOT NULL,        -- of GLOB
	os TEXT REFERENCES guest_os   -- NULL: it names no single system
) STRICT;

-- VirtualMachineGuestOsIdentifier of the vSphere API.  The number in the names of Windows is its
-- internal one: windows9 is Windows 10, windows9Server is 2016, and srvNext is the one after.
INSERT INTO guest_os_word (scheme, pattern, os) VALUES
	('vsphere', 'rhel10[_g]*', 'rhel10'), ('vsphere', 'rhel9[_g]*', 'rhel9'),
	('vsphere', 'rhel8[_g]*', 'rhel8'), ('vsphere', 'rhel7[_g]*', 'rhel7'),
	('vsphere', 'rhel6[_g]*', 'rhel6'), ('vsphere', 'rhel5[_g]*', 'rhel5'),
	('vsphere', 'rhel4[_g]*', 'rhel4'), ('vsphere', 'rhel3[_g]*', 'rhel3'),
	('vsphere', 'rhel2[_g]*', 'rhel2'), ('vsphere', 'redhatguest*', 'redhat'),
	('vsphere', 'windows2022srvnext*', 'win2025'), ('vsphere', 'windows2019srvnext*', 'win2022'),
	('vsphere', 'windows2019srv[_g]*', 'win2019'), ('vsphere', 'windows9server*', 'win2016'),
	('vsphere', 'windows8server*', 'win2012'), ('vsphere', 'windows7server*', 'win2008'),
	('vsphere', 'winlonghorn*', 'win2008'), ('vsphere', 'winnet*', 'win2003'),
	('vsphere', 'windows11[_g]*', 'win11'), ('vsphere', 'windows9guest*', 'win10x86'),
	('vsphere', 'windows9_64guest*', 'win10'), ('vsphere', 'windows8[_g]*', 'win8'),
	('vsphere', 'windows7[_g]*', 'win7'), ('vsphere', 'winvista*', 'vista'),
	('vsphere', 'winxp*', 'winxp'), ('vsphere', 'win2000*', 'win2000'),
	('vsphere', 'winntguest*', 'win2000'), ('vsphere', 'win31guest*', 'win2000'),
	('vsphere', 'win9[58]guest*', 'win2000'), ('vsphere', 'winmeguest*', 'win2000'),
	('vsphere', 'dosguest*', 'dos'), ('vsphere', 'centos*', 'centos'),
	('vsphere', 'oraclelinux*', 'oracle'), ('vsphere', 'rockylinux*', 'rocky'),
	('vsphere', 'almalinux*', 'alma'), ('vsphere', 'fedora*', 'fedora'),
	('vsphere', 'slesguest*', 'sles9'), ('vsphere', 'sles64guest*', 'sles9'),
	('vsphere', 'sles[1-9][0-9]*', 'sles'), ('vsphere', 'opensuse*', 'opensuse'),
	('vsphere', 'debian[45][_g]*', 'debian5'), ('vsphere', 'debian*', 'debian'),
	('vsphere', 'ubuntu*', 'ubuntu'), ('vsphere', 'vmwarephoton*', 'photon'),
	('vsphere', 'amazonlinux*', 'amazon'), ('vsphere', 'coreos*', 'coreos'),
	('vsphere', 'mandr*', 'mandriva'), ('vsphere', 'freebsd*', 'bsd'),
	('vsphere', 'solaris*', 'solaris'), ('vsphere', 'darwin*', 'macos'),
	('vsphere', 'os2guest*', 'os2'), ('vsphere', 'ecomstation*', 'os2'),
	('vsphere', 'netware*', 'netware'), ('vsphere', 'openserver*', 'sco'),
	('vsphere', 'unixware*', 'sco'), ('vsphere', 'vmkernel*', 'esxi');

-- oVirt's osinfo-defaults.properties.
INSERT INTO guest_os_word (scheme, pattern, os) VALUES
	('ovirt', '*ppc64 *', 'power'), ('ovirt', '*s390x *', 'z'),
	('ovirt', 'rhel_10*', 'rhel10'), ('ovirt', 'rhel_9*', 'rhel9'), ('ovirt', 'rhel_8*', 'rhel8'),
	('ovirt', 'rhel_7*', 'rhel7'), ('ovirt', 'rhel_6*', 'rhel6'), ('ovirt', 'rhel_5*', 'rhel5'),
	('ovirt', 'rhel_4*', 'rhel4'), ('ovirt', 'rhel_3*', 'rhel3'),
	('ovirt', 'windows_2025*', 'win2025'), ('ovirt', 'windows_2022*', 'win2022'),
	('ovirt', 'windows_2019*', 'win2019'), ('ovirt', 'windows_2016*', 'win2016'),
	('ovirt', 'windows_2012*', 'win2012'), ('ovirt', 'windows_2008*', 'win2008'),
	('ovirt', 'windows_2003*', 'win2003'), ('ovirt', 'windows_11*', 'win11'),
	('ovirt', 'windows_10 *', 'win10x86'), ('ovirt', 'windows_10x64*', 'win10'),
	('ovirt', 'windows_8*', 'win8'), ('ovirt', 'windows_7*', 'win7'),
	('ovirt', 'windows_xp*', 'winxp'), ('ovirt', 'sles_*', 'sles'),
	('ovirt', 'ubuntu_*', 'ubuntu'), ('ovirt', 'debian_*', 'debian'), ('ovirt', 'freebsd*', 'bsd');

-- Names as vSphere's clients show them, and as guests report themselves.
INSERT INTO guest_os_word (scheme, pattern, os) VALUES
	('name', '*coreos linux*', 'coreos'), ('name', '*coreos*', NULL),
	('name', '*red hat enterprise linux* 10[^0-9]*', 'rhel10'),
	('name', '*red hat enterprise linux* 9[^0-9]*', 'rhel9'),
	('name', '*red hat enterprise linux* 8[^0-9]*', 'rhel8'),
	('name', '*red hat enterprise linux* 7[^0-9]*', 'rhel7'),
	('name', '*red hat enterprise linux* 6[^0-9]*', 'rhel6'),
	('name', '*red hat enterprise linux* 5[^0-9]*', 'rhel5'),
	('name', '*red hat enterprise linux* 4[^0-9]*', 'rhel4'),
	('name', '*red hat enterprise linux* 3[^0-9]*', 'rhel3'),
	('name', '*red hat enterprise linux* 2[^0-9]*', 'rhel2'),
	('name', '*red hat fedora*', 'fedora'), ('name', '*fedora*', 'fedora'),
	('name', '*red hat linux*', 'redhat'), ('name', '*centos*', 'centos'),
	('name', '*scientific linux*', 'scientific'), ('name', '*oracle linux*', 'oracle'),
	('name', '*rocky linux*', 'rocky'), ('name', '*almalinux*', 'alma'),
	('name', '*opensuse*', 'opensuse'), ('name', '*suse*enterprise* 8/9*', 'sles9'),
	('name', '*suse*enterprise* [89][^0-9]*', 'sles9'),
	('name', '*suse*enterprise* [1-9][0-9]*', 'sles'),
	('name', '*debian* [45][^0-9]*', 'debian5'), ('name', '*debian*', 'debian'),
	('name', '*ubuntu*', 'ubuntu'), ('name', '*linux mint*', 'mint'), ('name', '*kali*', 'kali'),
	('name', '*alt linux*', 'alt'), ('name', '*photon*', 'photon'),
	('name', '*amazon linux*', 'amazon'), ('name', '*mandriva*', 'mandriva'),
	('name', '*mandrake*', 'mandriva'), ('name', '*mageia*', 'mandriva'),
	('name', '*arch linux*', 'arch'), ('name', '*gentoo*', 'gentoo'),
	('name', '*alpine*', 'alpine'), ('name', '*win*2025*', 'win2025'),
	('name', '*win*2022*', 'win2022'), ('name', '*win*2019*', 'win2019'),
	('name', '*win*2016*', 'win2016'), ('name', '*win*2012*', 'win2012'),
	('name', '*win*2008*', 'win2008'), ('name', '*win*2003*', 'win2003'),
	('name', '*win* 11[^0-9]*', 'win11'), ('name', '*win* 10[^0-9]*32-bit*', 'win10x86'),
	('name', '*win* 10[^0-9]*', 'win10'), ('name', '*win* 8[^0-9]*', 'win8'),
	('name', '*win* 7[^0-9]*', 'win7'), ('name', '*windows vista*', 'vista'),
	('name', '*win* xp[^a-z]*', 'winxp'), ('name', '*windows 2000*', 'win2000'),
	('name', '*windows nt*', 'win2000'), ('name', '*windows 9[58]*', 'win2000'),
	('name', '*windows me[^a-z]*', 'win2000'), ('name', '*windows 3.1*', 'win2000'),
	('name', '*ms-dos*', 'dos'), ('name', '*bsd*', 'bsd'), ('name', '*solaris*', 'solaris'),
	('name', '*mac os*', 'macos'), ('name', '*macos*', 'macos'), ('name', '*os/2*', 'os2'),
	('name', '*ecomstation*', 'os2'), ('name', '*netware*', 'netware'),
	('name', '*openserver*', 'sco'), ('name', '*unixware*', 'sco'),
	('name', '*vmware esx*', 'esxi');

-- What is inside each machine: what the guest itself reports, else the id it is configured with,
-- else the name of that.  word: what told; os is NULL if no word of the machine is known.
CREATE VIEW guest_os_of AS
WITH word (scheme, word) AS (
	SELECT type, guest_id FROM vm WHERE guest_id <> ''
	UNION SELECT 'name', guest_name_reported FROM vm WHERE guest_name_reported <> ''
	UNION SELECT 'name', guest_name FROM vm WHERE guest_name <> ''
), told AS MATERIALIZED (
	SELECT scheme, word, (
		SELECT os FROM guest_os_word AS w
		WHERE w.scheme = word.scheme AND lower(substr(word.word, 1, 200)) || ' ' GLOB w.pattern
		ORDER BY w.id LIMIT 1) AS os
	FROM word
)
SELECT vm.id AS vm, coalesce(reported.os, configured.os, named.os) AS os,
	coalesce(iif(reported.os IS NOT NULL, vm.guest_name_reported, NULL),
		iif(configured.os IS NOT NULL, vm.guest_id, NULL),
		iif(named.os IS NOT NULL, vm.guest_name, NULL),
		nullif(vm.guest_name_reported, ''), nullif(vm.guest_name, ''),
		nullif(vm.guest_id, '')) AS word
FROM vm
	LEFT JOIN told AS reported
		ON reported.scheme = 'name' AND reported.word = vm.guest_name_reported
	LEFT JOIN told AS configured
		ON configured.scheme = vm.type AND configured.word = vm.guest_id
	LEFT JOIN told AS named ON named.scheme = 'name' AND named.word = vm.guest_name;
