"""Articles in the publications of the CPPCC (萍协字〔2022〕8号 二.4)."""

from django.db import models

from members.models import Member
from proposals.choices import PublicationLevel
from proposals.models.works import Work
from proposals.querysets import ArticleQuerySet


class Article(Work):
    """发表文章."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="articles"
    )
    published_date = models.DateField("日期")
    publication = models.CharField("刊物", max_length=10_000)
    level = models.CharField("级别", max_length=10, choices=PublicationLevel, blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta(Work.Meta):
        verbose_name = verbose_name_plural = "发表文章"
        ordering = ["-published_date", "number"]
        indexes = [models.Index(fields=["term", "published_date"], name="article_term_date")]
