"""Addresses of the desk pages of producers."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.producers import views

app_name = "producers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.register, name="register"),
    path("apply/", views.apply, name="apply"),
    path("entries/<str:code>/", views.producer, name="producer"),
    path("entries/<str:code>/product/", views.new_product, name="new_product"),
    path("entries/<str:code>/<str:action>/", views.decide, name="decide"),
    path("products/<str:code>/", views.product, name="product"),
    path("products/<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
