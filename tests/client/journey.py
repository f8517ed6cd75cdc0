"""A published Jira client, unchanged, against a twin: what it does to a Jira, it does here.

Usage: journey.py ADDRESS. Every step prints one line; the first that does not hold ends the journey with a failure.
"""

import sys

from jira import JIRA, JIRAError


def main(address):
    agent = sign_in(address, "agent1")
    people_and_places(agent, address)
    issue = an_issue(agent)
    comments(agent, issue)
    edits(agent, issue)
    search(agent, issue)
    properties(agent, issue)
    portal(address, agent)
    deletion(address, agent, issue)
    refusals(address)
    print("the client finds a Jira")


def sign_in(address, name):
    client = JIRA(address, basic_auth=(f"{name}@acme.example", f"{name}-token"), max_retries=0)
    info = client.server_info()
    same("the address a site gives itself", info["baseUrl"], address)
    same("the kind of deployment", info["deploymentType"], "Cloud")
    same("who signed in", client.myself()["emailAddress"], f"{name}@acme.example")
    return client


def people_and_places(agent, address):
    projects = {project.key: project for project in agent.projects()}
    same("the projects", sorted(projects), ["ITA", "ITB", "ITC", "ITD", "SW"])
    types = agent.issue_types_for_project(projects["ITA"].id)
    same("the issue types", sorted(it.name for it in types), ["Access", "IT Help", "Purchase"])
    holds("the fields have a request type", "Request Type" in [field["name"] for field in agent.fields()])
    holds("the statuses", "Waiting for support" in [status.name for status in agent.statuses()])
    found = agent.search_users(query="Ben")
    same("a person is found", [user.displayName for user in found], ["Ben Agent (Acme)"])
    allowed = agent.my_permissions(projectKey="ITA", permissions="ADD_COMMENTS")
    same("a permission", allowed["permissions"]["ADD_COMMENTS"]["havePermission"], True)


def an_issue(agent):
    # Only a request, an issue with a request type, has public and internal comments.
    request_type = next(field["id"] for field in agent.fields() if field["name"] == "Request Type")
    desk = next(desk for desk in agent.service_desks() if desk.projectKey == "ITA")
    help_id = next(row.id for row in agent.request_types(desk) if row.name == "Get IT Help")
    issue = agent.create_issue(
        project="ITA",
        issuetype={"name": "IT Help"},
        summary="Printer on fire",
        description="It *burns*.",
        **{request_type: help_id},
    )
    shown = agent.issue(issue.key).raw["fields"][request_type]["requestType"]["name"]
    same("its request type", shown, "Get IT Help")
    same("the issue's key", issue.key, "ITA-1")
    same("its description is wiki text", issue.fields.description, "It *burns*.")
    holds("an edit screen has a summary", "summary" in agent.editmeta(issue.key)["fields"])
    same("its reporter", issue.fields.reporter.displayName, "Anna Agent (Acme)")
    return issue


def comments(agent, issue):
    agent.add_comment(issue, "We are on it")
    internal = agent.add_comment(issue, "Call the _fire_ brigade", is_internal=True)
    seen = {comment.body: comment.jsdPublic for comment in agent.comments(issue)}
    same("audiences", seen, {"We are on it": True, "Call the _fire_ brigade": False})
    internal.update(body="They are here")
    again = agent.comment(issue, internal.id)
    same("an edit keeps the audience", (again.body, again.jsdPublic), ("They are here", False))
    internal.delete()
    same("a comment is deleted", [comment.body for comment in agent.comments(issue)], ["We are on it"])


def edits(agent, issue):
    issue.update(summary="Printer was on fire", description="It *burned*.", update={"labels": [{"add": "fire"}]})
    agent.assign_issue(issue, "agent1@acme.example")
    read = agent.issue(issue.key, expand="changelog")
    same("the edit", (read.fields.summary, read.fields.labels), ("Printer was on fire", ["fire"]))
    same("the assignee", read.fields.assignee.displayName, "Anna Agent (Acme)")
    changed = {item.field for history in read.changelog.histories for item in history.items}
    same("the changelog", changed, {"summary", "description", "labels", "assignee"})
    offered = {way["name"]: way["id"] for way in agent.transitions(issue)}
    holds("a transition is offered", "Start progress" in offered)
    agent.transition_issue(issue, "Start progress")
    same("the status", agent.issue(issue.key).fields.status.name, "In progress")


def search(agent, issue):
    others = agent.create_issues(
        [{"project": "ITA", "issuetype": {"name": "Access"}, "summary": f"Account {n}"} for n in range(3)]
    )
    same("issues in bulk", [row["status"] for row in others], ["Success"] * 3)
    found = agent.enhanced_search_issues("project = ITA AND status = 'In progress'", fields=["summary"])
    same("a search", [(it.key, it.fields.summary) for it in found], [(issue.key, "Printer was on fire")])
    pages = agent.enhanced_search_issues("project = ITA ORDER BY key ASC", fields="summary", maxResults=0)
    same("all pages of a search", [it.key for it in pages], ["ITA-1", "ITA-2", "ITA-3", "ITA-4"])
    same("a count", agent.approximate_issue_count("project = ITA"), 4)


def properties(agent, issue):
    agent.add_issue_property(issue, "stamp", {"op": 1})
    same("an entity property", agent.issue_property(issue, "stamp").value.op, 1)


def portal(address, agent):
    customer = JIRA(
        address, basic_auth=("customer1@acme.example", "customer1-token"), max_retries=0, get_server_info=False
    )
    desk = next(desk for desk in customer.service_desks() if desk.projectKey == "ITB")
    offered = [row.name for row in customer.request_types(desk)]
    same("the portal's request types", sorted(offered), ["Get IT Help", "Purchase request", "Request a new account"])
    request = customer.create_customer_request(
        {
            "serviceDeskId": desk.id,
            "requestTypeId": "Get IT Help",
            "requestFieldValues": {"summary": "No network", "description": "Since noon"},
        },
        prefetch=False,
    )
    same("a request's key", request.raw["issueKey"], "ITB-1")
    refused("a customer does not see it as an agent does", 404, lambda: customer.issue("ITB-1"))
    same("the agent sees it", agent.issue("ITB-1").fields.summary, "No network")


def deletion(address, agent, issue):
    refused("an agent may not delete", 403, issue.delete)
    sign_in(address, "admin").issue(issue.key).delete()
    refused("what is deleted is gone", 404, lambda: agent.issue(issue.key))


def refusals(address):
    wrong = lambda: JIRA(address, basic_auth=("agent1@acme.example", "wrong"), max_retries=0).myself()
    refused("a wrong token", 401, wrong)


def refused(what, status, call):
    try:
        call()
    except JIRAError as error:
        same(what, error.status_code, status)
        return
    sys.exit(f"FAILS {what}: not refused")


def holds(what, value):
    same(what, bool(value), True)


def same(what, seen, expected):
    if seen != expected:
        sys.exit(f"FAILS {what}: {seen!r} instead of {expected!r}")
    print(f"ok {what}")


if __name__ == "__main__":
    main(sys.argv[1])
