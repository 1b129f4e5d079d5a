"""Debian's node_exporter, Prometheus and Alertmanager: the metrics by both ways, and the shipped rules up to a webhook."""

import http.server
import json
import os
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

from harness import demand, proof, wait

PACKAGES = ["prometheus", "prometheus-alertmanager", "prometheus-node-exporter"]

UNIT = "credwatch.service"
EXAMPLES = "/usr/share/doc/credwatch/examples/systemd"
FOLDER = "/var/lib/prometheus/node-exporter"
FILE = FOLDER + "/credwatch.prom"
STATUS = f"status: {{prometheus_file: {FILE}}}\n"

PROMETHEUS = """\
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [/etc/prometheus/credwatch.rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:9093"]}]}]}
scrape_configs:
  - {job_name: node, static_configs: [{targets: ["127.0.0.1:9100"], labels: {instance: web1}}]}
  - {job_name: credwatch, static_configs: [{targets: ["127.0.0.1:9812"], labels: {instance: web1}}]}
"""

ALERTMANAGER = """\
route: {{receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 1h, group_by: ['...']}}
receivers: [{{name: hook, webhook_configs: [{{url: "http://127.0.0.1:{port}/", send_resolved: true}}]}}]
"""


def fetch(url, **headers):
    """Asks by HTTP as a scraper would: status, headers and text."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def value(expression):
    """What Prometheus says of an expression now: one number, or None."""
    url = "http://127.0.0.1:9090/api/v1/query?query=" + urllib.parse.quote(expression)
    results = json.loads(fetch(url)[2])["data"]["result"]
    return float(results[0]["value"][1]) if results else None


class Webhook:
    """Takes what Alertmanager sends."""

    def __init__(self):
        self.alerts = []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.alerts += body["alerts"]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def find(self, name, status, **labels):
        """The alerts of a name that came in a status."""
        wanted = {"alertname": name, **labels}
        return [alert for alert in self.alerts
                if alert["status"] == status and wanted.items() <= alert["labels"].items()]


def guest_docs():
    """What the project's document tells people to do."""
    with open(os.path.join(os.path.dirname(__file__), "../../../docs/metrics.md")) as file:
        return file.read()


def without_group(site):
    """The config of the tests, in which nothing fails over."""
    text = site.config()
    start, end = text.index("failover:"), text.index("aws:")
    return text[:start] + text[end:]


@proof("node-exporter.conf: the metrics get into the directory of Debian's node_exporter, and are exported")
def drop_in(site):
    guest = site.guest
    guest.write("/etc/credwatch/credwatch.yaml", without_group(site) + STATUS)
    # Without the drop-in it may not write there, says so, and goes on.
    site.start()
    wait("the journal says that it cannot be written",
         lambda: guest.journal("-u", UNIT, "CREDWATCH_EVENT=status_file_failed", f"CREDWATCH_STATUS_FILE={FILE}"))
    demand("metrics file not written" in guest.show(UNIT, "StatusText"), guest.show(UNIT, "StatusText"))
    text = guest.read(f"{EXAMPLES}/node-exporter.conf")
    place = f"/etc/systemd/system/{UNIT}.d/node-exporter.conf"
    demand(place in text, f"it does not say that it belongs to {place}")
    guest.write(place, text)
    right = re.search(r"dpkg-statoverride .*", text).group()
    demand(right in guest_docs(), "docs/metrics.md says otherwise")
    guest.run(right)
    # What root's collectors write there is not credwatch's to replace.
    guest.write(f"{FOLDER}/other.prom", "")
    taken = guest.run(["ln", "-sfn", "/etc/passwd", f"{FOLDER}/other.prom"], check=False, user="credwatch")
    demand(taken.code != 0, "it could replace another one's file by a link")
    guest.run(["rm", f"{FOLDER}/other.prom"])
    guest.systemctl("daemon-reload")
    silent = guest.run(["systemd-analyze", "verify", UNIT])
    demand(not silent.text, silent.text)
    site.start()
    wait("the file is there", lambda: guest.exists(FILE))
    demand(guest.run(["stat", "-c", "%U %a", FILE]).stdout.split() == ["credwatch", "644"], "of another owner or mode")
    members = guest.run(["getent", "group", "credwatch"]).stdout.strip()
    demand(members.endswith(":"), f"others are in the group: {members}")
    guest.systemctl("start", "prometheus-node-exporter")
    exported = wait("node_exporter exports it", lambda: (
        lambda text: text if 'credwatch_profile_healthy{profile="app"} 1' in text else None)(
            fetch("http://127.0.0.1:9100/metrics")[2]))
    demand("node_textfile_scrape_error 0" in exported, "the file has a fault")
    # Whoever sets the mode anew takes the right away; the file stays whole, and comes back with the right.
    guest.run(["chmod", "755", FOLDER])
    site.sandbox.deactivate("app")
    site.wait_state("app", "failing")
    wait("the line of the service says so", lambda: "metrics file not written" in guest.show(UNIT, "StatusText"))
    demand('credwatch_profile_healthy{profile="app"} 1' in guest.read(FILE), "it was written, or is not whole")
    left = guest.run(["ls", "-A", FOLDER]).stdout.split()
    demand(not [name for name in left if "credwatch" in name and name != "credwatch.prom"], f"left behind: {left}")
    guest.run(["chmod", "1775", FOLDER])
    wait("it is written again", lambda: 'credwatch_profile_healthy{profile="app"} 0' in guest.read(FILE), 15)
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")


@proof("the link of docs/metrics.md does the same, and credwatch needs no right for it")
def link(site):
    guest = site.guest
    guest.run(["rm", f"/etc/systemd/system/{UNIT}.d/node-exporter.conf"])
    guest.run(f"dpkg-statoverride --remove {FOLDER} && chown root:root {FOLDER} && chmod 755 {FOLDER}")
    guest.systemctl("daemon-reload")
    guest.write("/etc/credwatch/credwatch.yaml",
                without_group(site) + "status: {prometheus_file: /run/credwatch/credwatch.prom}\n")
    guest.run(["rm", "-f", FILE])
    command = f"ln -s /run/credwatch/credwatch.prom {FILE}"
    demand(command in guest_docs(), "docs/metrics.md says otherwise")
    guest.run(command)
    site.start()
    wait("node_exporter exports it",
         lambda: 'credwatch_profile_healthy{profile="app"} 1' in fetch("http://127.0.0.1:9100/metrics")[2])
    demand("node_textfile_scrape_error 0" in fetch("http://127.0.0.1:9100/metrics")[2], "the file has a fault")


@proof("metrics by HTTP, in the unit's sandbox: both forms, a port that is taken, moved and ended by a reload")
def by_http(site):
    guest = site.guest
    taken = socket.create_server(("127.0.0.1", 9812))
    base = without_group(site) + "status: {prometheus_file: /run/credwatch/credwatch.prom}\n"

    def listen(address):
        guest.write("/etc/credwatch/credwatch.yaml", base + (f"metrics: {{listen: {address}}}\n" if address else ""))
        return guest.systemctl("reload", UNIT, check=False).code

    demand(listen("127.0.0.1:9812") == 0, "the reload failed")
    wait("the line of the service names the port's trouble",
         lambda: "metrics not served: Address already in use" in guest.show(UNIT, "StatusText"))
    demand(guest.status()["overall"] == "healthy", "the checks do not go on")
    taken.close()
    wait("it heals", lambda: fetch("http://127.0.0.1:9812/healthz")[0] == 200, 20)
    demand(len(guest.journal("-u", UNIT, "CREDWATCH_EVENT=metrics_unserved")) == 1, "it was not told once")
    demand(len(guest.journal("-u", UNIT, "CREDWATCH_EVENT=metrics_served")) == 1, "that it healed was not told once")
    text = fetch("http://127.0.0.1:9812/metrics")
    demand(text[1]["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", text[1]["Content-Type"])
    checked = guest.run(["promtool", "check", "metrics"], input=text[2])
    demand(not checked.text, checked.text)
    names = fetch("http://127.0.0.1:9812/metrics", Accept="application/openmetrics-text; version=1.0.0")
    demand(names[1]["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"), names[1]["Content-Type"])
    demand(names[2].endswith("\n# EOF\n"), "no end")
    demand(fetch("http://127.0.0.1:9812/metrics", Host="evil.example")[0] == 421, "another name is answered")
    demand(listen("0.0.0.0:9812") != 0, "an address that others reach is taken without a word")
    demand(fetch("http://127.0.0.1:9812/healthz")[0] == 200, "a refused config ends the old listener")
    wait("the metrics tell of the refusal",
         lambda: "credwatch_config_last_reload_successful 0" in fetch("http://127.0.0.1:9812/metrics")[2])
    demand(listen("127.0.0.1:9813") == 0 and listen(None) == 0, "a reload failed")
    for port in (9812, 9813):
        wait(f"nobody listens on {port}", lambda: not is_open(port))
    demand(listen("127.0.0.1:9812") == 0, "a reload failed")
    wait("it is back", lambda: fetch("http://127.0.0.1:9812/healthz")[0] == 200)
    # Clients that say nothing hold up neither it nor the checks.
    idle = [socket.create_connection(("127.0.0.1", 9812)) for _ in range(64)]
    demand(fetch("http://127.0.0.1:9812/metrics")[0] == 200, "idle clients keep others out")
    for client in idle:
        client.close()


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@proof("a deactivated key is an alert at a webhook, by file and by HTTP, and its repair ends it")
def alerts(site):
    guest = site.guest
    site.hook = Webhook()
    rules = guest.read("/usr/share/credwatch/prometheus/credwatch.rules.yml")
    guest.write("/etc/prometheus/credwatch.rules.yml", re.sub(r"for: \d+[mh]", "for: 1s", rules))
    guest.write("/etc/prometheus/prometheus.yml", PROMETHEUS)
    guest.write("/etc/prometheus/alertmanager.yml",
                ALERTMANAGER.format(port=site.hook.server.server_address[1]))
    guest.write("/etc/default/prometheus-alertmanager", 'ARGS="--cluster.listen-address= --web.listen-address=127.0.0.1:9093"\n')
    guest.run(["promtool", "check", "config", "/etc/prometheus/prometheus.yml"])
    guest.systemctl("restart", "prometheus-alertmanager", "prometheus")
    for job in ("node", "credwatch"):
        wait(f"Prometheus has {job}", lambda: value(f'credwatch_profile_healthy{{job="{job}",profile="app"}}') == 1, 30)
    demand(value('scrape_samples_scraped{job="credwatch"}') > 30, "it has few samples")
    demand(not site.hook.find("CredwatchProfileFailing", "firing"), "an alert without a reason")
    site.sandbox.deactivate("app")
    for job in ("node", "credwatch"):
        fired = wait(f"the alert comes by {job}",
                     lambda: site.hook.find("CredwatchProfileFailing", "firing", job=job, profile="app"), 30)
        demand(fired[0]["labels"]["severity"] == "critical", fired[0]["labels"])
        text = fired[0]["annotations"]["description"]
        demand(re.match(r"Cause: key_\w+ \(\w+\)\. `credwatch doctor 'app'`", text), text)
    site.note(f"{fired[0]['annotations']['summary']}. {text}")
    demand(not site.hook.find("CredwatchProfileFailing", "firing", profile="app-backup"), "the other one is blamed")
    site.sandbox.activate("app")
    for job in ("node", "credwatch"):
        wait(f"its end comes by {job}",
             lambda: site.hook.find("CredwatchProfileFailing", "resolved", job=job, profile="app"), 30)


@proof("after a failover the alerts are that of the backup and of the spare; the way back ends them")
def failover(site):
    guest, hook = site.guest, site.hook
    site.configure(extra="status: {prometheus_file: /run/credwatch/credwatch.prom}\nmetrics: {listen: 127.0.0.1:9812}\n")
    site.reload()
    wait("Prometheus has the group", lambda: value('credwatch_failover_on_backup{job="credwatch"}') == 0)
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    wait("the alert of the backup comes", lambda: hook.find("CredwatchOnBackup", "firing", job="credwatch", group="app"), 20)
    wait("the alert of the spare comes", lambda: hook.find("CredwatchSpareFailing", "firing", job="credwatch", profile="app"), 20)
    demand("Active: app-backup." in hook.find("CredwatchOnBackup", "firing")[0]["annotations"]["description"], "it names another")
    demand(value('credwatch_failover_hook_runs_total{job="credwatch",result="succeeded"}') == 1, "the run is not counted")
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    guest.run(["credwatch", "failback", "app"])
    wait("its end comes", lambda: hook.find("CredwatchOnBackup", "resolved", job="credwatch", group="app"), 20)


@proof("a daemon that is stopped is an alert, and its start ends it")
def gone(site):
    guest, hook = site.guest, site.hook
    hook.alerts.clear()
    guest.systemctl("stop", UNIT)
    wait("the alert comes", lambda: hook.find("CredwatchAbsent", "firing") or hook.find("CredwatchVanished", "firing"), 30)
    site.start()
    wait("its end comes", lambda: hook.find("CredwatchVanished", "resolved") or hook.find("CredwatchAbsent", "resolved"), 30)
    guest.systemctl("stop", "prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
    hook.server.shutdown()
