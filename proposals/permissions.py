"""Who keeps a topic, and who adds to one that is shared."""

from django.db.models import Q

from accounts.roles import RoleCode
from members.models import Department
from proposals.choices import TopicState
from proposals.models import Topic, TopicPartnership


def own_departments(user):
    """Units the account works for as a collector."""
    if not user.is_authenticated or not user.has_role(RoleCode.COLLECTOR):
        return Department.objects.none()
    return Department.objects.filter(pk__in=user.affiliations.values("department"))


def plans_topics(user) -> bool:
    """委员联络科 plans the whole year, a department its own part of it."""
    if not user.has_perm("proposals.change_topic"):
        return False
    return user.has_role(RoleCode.REGISTRAR) or own_departments(user).exists()


def keeps_topic(user, topic: Topic) -> bool:
    """委员联络科 keeps every topic; a department those it undertakes or its committee leads."""
    if not user.has_perm("proposals.change_topic"):
        return False
    if user.has_role(RoleCode.REGISTRAR):
        return True
    charge = Q(pk=topic.department_id)
    if topic.committee_id:
        charge |= Q(committee=topic.committee_id)
    return own_departments(user).filter(charge).exists()


def contributes_to(user, partnership: TopicPartnership) -> bool:
    """The county's own group, and whoever keeps the topic, while it is not cancelled."""
    if partnership.topic.state == TopicState.CANCELLED:
        return False
    if keeps_topic(user, partnership.topic):
        return True
    return (
        user.has_role(RoleCode.COUNTY_GROUP)
        and user.has_perm("proposals.change_topicpartnership")
        and user.affiliations.filter(liaison_group__assembly=partnership.assembly_id).exists()
    )
