import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kato", models.CharField(max_length=2, unique=True)),
                ("iso", models.CharField(max_length=6, unique=True)),
                ("name_kk", models.CharField(max_length=120)),
                ("name_ru", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("centre_lon_deg", models.FloatField(default=0)),
                ("centre_lat_deg", models.FloatField(default=0)),
            ],
            options={
                "ordering": ["kato"],
            },
        ),
        migrations.CreateModel(
            name="District",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kato", models.CharField(max_length=9, unique=True)),
                ("name_kk", models.CharField(max_length=120)),
                ("name_ru", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="districts",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "ordering": ["kato"],
            },
        ),
        migrations.CreateModel(
            name="RegionBorder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outline", models.JSONField(default=list)),
                ("wkb", models.BinaryField()),
                (
                    "region",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="border",
                        to="territory.region",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True)),
                ("name_kk", models.CharField(max_length=120)),
                ("name_ru", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("lon_deg", models.FloatField()),
                ("lat_deg", models.FloatField()),
                ("population", models.PositiveIntegerField(default=0)),
                ("names_transliterated", models.BooleanField(default=False)),
                ("loaded_at", models.DateTimeField()),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="territory.region",
                    ),
                ),
            ],
            options={
                "ordering": ["-population", "code"],
            },
        ),
    ]
