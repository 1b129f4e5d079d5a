"""Monitoring agents of Debian read the state by the packaged files, and see it change with a key."""

import json
import re
import struct

from harness import demand, proof, wait

PACKAGES = ["zabbix-agent", "nagios-nrpe-server", "nagios-nrpe-plugin", "icinga2-bin", "monit", "collectd-core"]

EXAMPLES = "/usr/share/doc/credwatch/examples/monitoring"
PLUGIN = "/usr/lib/nagios/plugins/check_credwatch"


def copy(site, example, target, mode="0644"):
    """Puts a packaged file where its first lines say that it goes."""
    site.guest.run(["install", "-D", "-m", mode, f"{EXAMPLES}/{example}", target])


def follow(site, read, healthy, failing):
    """Demands that an agent sees the healthy state, the key's deactivation, and its repair.

    `read` returns what the agent says now, `healthy` and `failing` judge it.
    """
    def see(what, judge):
        last = []

        def look():
            last[:] = [read()]
            return judge(last[0])

        try:
            wait(what, look, within=20, pause=0.2)
        finally:
            if last:
                site.note(f"{what}: {' '.join(str(last[0]).split())[:160]}")

    see("healthy", healthy)
    site.sandbox.deactivate("app")
    try:
        see("with the key deactivated", failing)
    finally:
        site.sandbox.activate("app")
    see("with the key active again", healthy)
    site.wait_state("app", "healthy")


@proof("check_credwatch of the package speaks the plugin form, also for users without rights")
def plugin(site):
    # A failure that is not confirmed, so that nothing moves and the repair is all there is to do.
    site.configure(("fall: 2", "fall: 100"), ("minimum_span: 1s", "minimum_span: 1h"))
    site.start()

    def read():
        return site.guest.run([PLUGIN, "--max-age", "1m"], user="nobody", check=False)

    outcome = read()
    line = r"CREDWATCH OK - 2 profiles healthy, 1 group ready \| 'healthy'=2;;;0;2 .*'age'=\d+s;;;0\n"
    demand(outcome.code == 0 and re.match(line, outcome.stdout) and not outcome.stderr, outcome)
    follow(site, read, lambda it: it.code == 0, lambda it: it.code == 2 and "\napp: do: " in it.stdout)
    wrong = site.guest.run([PLUGIN, "--max-age", "soon"], user="nobody", check=False)
    demand(wrong.code == 3 and wrong.stdout.startswith("CREDWATCH UNKNOWN - wrong usage"), wrong)


@proof("a check of the group is OK, CRITICAL, then WARNING after a failover, and UNKNOWN when credwatch is stopped")
def group(site):
    site.configure()
    site.reload()

    def code():
        return site.guest.run([PLUGIN, "--group", "app"], user="nobody", check=False).code

    demand(code() == 0, "the group is not OK")
    site.sandbox.deactivate("app")
    wait("CRITICAL while it is confirmed", lambda: code() == 2, pause=0.1)
    wait("WARNING after the failover", lambda: code() == 1, within=20)
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    site.guest.run(["credwatch", "failback", "app"])
    wait("OK after the way back", lambda: code() == 0)
    site.guest.systemctl("stop", "credwatch")
    stopped = site.guest.run([PLUGIN], user="nobody", check=False)
    # The last status stays, by which clients of a group go on; it is not taken for a new one.
    demand(stopped.code == 3 and "credwatch has stopped" in stopped.stdout, stopped)
    site.configure(("fall: 2", "fall: 100"), ("minimum_span: 1s", "minimum_span: 1h"))
    site.start()


# Zabbix


def ask_zabbix(site, key):
    """Asks the agent for a key, in the protocol of zabbix_get, which Debian has with the server only."""
    script = (
        "import socket, sys; link = socket.create_connection(('127.0.0.1', 10050), 10)\n"
        "key = sys.stdin.buffer.read(); link.sendall(b'ZBXD\\x01' + len(key).to_bytes(8, 'little') + key)\n"
        "data = b''\n"
        "while piece := link.recv(65536): data += piece\n"
        "sys.stdout.buffer.write(data)\n")
    process = site.guest.start(["python3", "-c", script], stdin=-1, stdout=-1, stderr=-1)
    data, errors = process.communicate(key.encode(), 20)
    demand(data[:5] == b"ZBXD\x01", f"no answer of the agent: {data[:80]} {errors.decode(errors='replace')[-300:]}")
    length, = struct.unpack_from("<Q", data, 5)
    return data[13:13 + length].decode()


def json_path(document, path):
    """What the template's paths give: members, a filter by one member, length() and first()."""
    values, definite = [document], True
    for member, name, text, function in re.findall(
            r"\.(\w+)(?![\w(])|\[\?\(@\.(\w+) == \"([^\"]*)\"\)\]|\.(length|first)\(\)", path):
        if function == "length":
            return len(values if not definite else values[0])
        if function == "first":
            return values[0]
        if member:
            values = [value[member] for value in values]
        else:
            definite = False
            values = [value for value in values[0] if value[name] == text]
    return values[0]


@proof("zabbix-agent: the user parameters follow the state, and the template finds profiles, group and every item")
def zabbix(site):
    copy(site, "zabbix/credwatch.conf", "/etc/zabbix/zabbix_agentd.conf.d/credwatch.conf")
    tested = site.guest.run(["zabbix_agentd", "-t", "credwatch.plugin"], user="zabbix")
    demand("[t|CREDWATCH OK" in tested.stdout, tested.text)
    site.guest.systemctl("start", "zabbix-agent")
    wait("the agent answers", lambda: ask_zabbix(site, "agent.ping") == "1")
    demand(ask_zabbix(site, "credwatch.group[app]").startswith("CREDWATCH OK"), "the group is not OK")
    status = json.loads(ask_zabbix(site, "credwatch.status"))
    template = site.guest.read(f"{EXAMPLES}/zabbix/credwatch_template.yaml")
    paths = sorted(set(re.findall(r"- '(\$\.[^']+)'", template)))
    for path in paths:
        path = path.replace("{#PROFILE}", "app").replace("{#GROUP}", "app")
        site.note(f"{path}: {str(json_path(status, path))[:60]}")
    demand(len(paths) > 12, f"the template has no paths: {paths}")
    demand([profile["name"] for profile in json_path(status, "$.profiles")] == ["app", "app-backup"], status)
    follow(
        site, lambda: (ask_zabbix(site, "credwatch.plugin"), json_path(
            json.loads(ask_zabbix(site, "credwatch.status")), '$.profiles[?(@.name == "app")].state.first()')),
        lambda it: it[0].startswith("CREDWATCH OK") and it[1] == "healthy",
        lambda it: it[0].startswith("CREDWATCH CRITICAL") and it[1] == "failing")
    site.guest.systemctl("stop", "zabbix-agent")


# NRPE


@proof("NRPE: check_nrpe gets the answer, exit code and performance data over the network")
def nrpe(site):
    copy(site, "nrpe/credwatch.cfg", "/etc/nagios/nrpe.d/credwatch.cfg")
    site.guest.systemctl("start", "nagios-nrpe-server")

    def read():
        return site.guest.run(
            ["/usr/lib/nagios/plugins/check_nrpe", "-H", "127.0.0.1", "-c", "check_credwatch"], check=False)

    follow(
        site, read, lambda it: it.code == 0 and "| 'healthy'=2;;;0;2" in it.stdout,
        lambda it: it.code == 2 and it.stdout.startswith("CREDWATCH CRITICAL - 1 of 2 profiles failing (app: "))
    site.guest.systemctl("stop", "nagios-nrpe-server")


# Icinga 2

ICINGA_HOST = """\
object Host "guest" {
  check_command = "dummy"
  vars.credwatch = true
  vars.credwatch_groups_by_name["app"] = { credwatch_expiry_warning = "1h" }
}
"""


@proof("Icinga 2: a CheckCommand and applied services, with state, output and performance data in its API")
def icinga(site):
    guest = site.guest
    # Its own example checks want plugins that are not here.
    guest.run("rm -f /etc/icinga2/conf.d/*")
    # It copies a file by a call that an overlay refuses from its lower layer.
    guest.run("cp -p /etc/icinga2/constants.conf /root/ && mv /root/constants.conf /etc/icinga2/")
    copy(site, "icinga2/credwatch.conf", "/etc/icinga2/conf.d/credwatch.conf")
    guest.write("/etc/icinga2/conf.d/host.conf", ICINGA_HOST)
    guest.run(["icinga2", "api", "setup"], timeout=60)
    guest.write("/etc/icinga2/conf.d/api-users.conf", 'object ApiUser "proof" {\n  password = "proof"\n  permissions = [ "*" ]\n}\n')
    checked = guest.run(["icinga2", "daemon", "-C"], timeout=60)
    demand("2 Services" in checked.text and "warning" not in checked.text, checked.text)
    guest.systemctl("start", "icinga2")

    def ask(path, body=None):
        script = (
            "import base64, ssl, sys, urllib.request\n"
            "body = sys.stdin.buffer.read() or None\n"
            "request = urllib.request.Request('https://127.0.0.1:5665/v1/' + sys.argv[1], data=body, headers={\n"
            "    'Accept': 'application/json', 'Authorization': 'Basic ' + base64.b64encode(b'proof:proof').decode()})\n"
            "context = ssl._create_unverified_context()\n"
            "print(urllib.request.urlopen(request, timeout=10, context=context).read().decode())\n")
        return json.loads(guest.run(["python3", "-c", script, path], input=json.dumps(body) if body else "").stdout)

    wait("Icinga answers", lambda: ask("objects/services")["results"], within=20)

    def read():
        ask("actions/reschedule-check", {"type": "Service", "filter": "true", "force": True})
        return {
            result["name"]: (int(result["attrs"]["state"]), result["attrs"]["last_check_result"]["output"],
                             result["attrs"]["last_check_result"]["performance_data"])
            for result in ask("objects/services")["results"]}

    def all_are(state):
        return lambda it: len(it) == 2 and all(value[0] == state for value in it.values())

    follow(site, read, all_are(0), all_are(2))
    whole = read()["guest!aws-credentials"]
    demand("healthy=2;;;0;2" in whole[2], f"the performance data is {whole[2]}")
    demand("'group app on backup'=0;;;0;1" in read()["guest!aws-credentials-app"][2], "the group has no data")
    guest.systemctl("stop", "icinga2")


# monit


@proof("monit: a program check that fails with the state and says why")
def monit(site):
    copy(site, "monit/credwatch", "/etc/monit/conf-enabled/credwatch")
    site.guest.run("sed -i 's/set daemon *120/set daemon 1/' /etc/monit/monitrc")
    site.guest.write("/etc/monit/conf-enabled/socket", "set httpd unixsocket /run/monit.sock allow proof:proof\n", 0o600)
    site.guest.run(["monit", "-t"])
    site.guest.systemctl("start", "monit")

    def read():
        return site.guest.run(["monit", "-B", "status", "credwatch"], check=False).stdout

    follow(
        site, read, lambda it: "last exit value              0" in it and "CREDWATCH OK" in it,
        lambda it: "last exit value              2" in it and "CREDWATCH CRITICAL" in it)
    log = site.guest.read("/var/log/monit.log")
    demand("'credwatch' status failed (2) -- CREDWATCH CRITICAL" in log, log[-1500:])
    site.guest.systemctl("stop", "monit")


# collectd

COLLECTD = """\
Hostname "guest"
FQDNLookup false
Interval 1
LoadPlugin logfile
<Plugin logfile>
    LogLevel "info"
    File "/var/log/collectd.log"
</Plugin>
LoadPlugin csv
<Plugin csv>
    DataDir "/var/lib/collectd/csv"
</Plugin>
TypesDB "/usr/share/collectd/types.db"
Include "/etc/collectd/collectd.conf.d/*.conf"
"""


@proof("collectd: values of the exec plugin, run as nobody, and notifications of changes")
def collectd(site):
    copy(site, "collectd/credwatch.conf", "/etc/collectd/collectd.conf.d/credwatch.conf")
    copy(site, "collectd/credwatch-collectd", "/usr/local/lib/collectd/credwatch-collectd", "0755")
    site.guest.run(
        "sed -i 's|credwatch-collectd\"$|credwatch-collectd\" \"app\"|' /etc/collectd/collectd.conf.d/credwatch.conf")
    site.guest.write("/etc/collectd/collectd.conf", COLLECTD)
    site.guest.systemctl("start", "collectd")
    names = ("credwatch/gauge-state", "credwatch/count-failing", "credwatch-app/gauge-healthy", "credwatch-app/count-failures")

    def read():
        last = site.guest.run(
            "cd /var/lib/collectd/csv/guest && for name in %s; do tail -qn 1 $name-[0-9]*; done" % " ".join(names)).stdout
        return [float(line.split(",")[1]) for line in last.split()]

    follow(
        site, read, lambda it: it == [0, 0, 1, 0], lambda it: it[:3] == [2, 1, 0] and it[3] > 0)
    log = site.guest.read("/var/log/collectd.log")
    demand("severity = FAILURE" in log and "message = CREDWATCH CRITICAL - 1 of 2 profiles failing" in log, log[-1500:])
    demand("severity = OKAY" in log and "rror" not in log, log[-1500:])
    site.guest.systemctl("stop", "collectd")
